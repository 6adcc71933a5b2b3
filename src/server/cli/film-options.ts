import { InvalidArgumentError, Option, type Command } from 'commander';
import type { FaceDecoderOptions } from '../../media/face-codec.ts';
import { frameRateOption, type FrameRate } from './frame-rate-option.ts';
import { addControlOptions, type ControlFlags } from './control-options.ts';
import { aspectOption, SIZES, type Aspect, type FilmSize } from './film-shape.ts';
import { forceOption } from './output-path.ts';

export interface FilmFlags extends ControlFlags {
  readonly out?: string;
  readonly frames?: string;
  readonly fps: FrameRate;
  readonly size: FilmSize;
  readonly aspect: Aspect;
  readonly thumbnail?: string;
  readonly background: FaceDecoderOptions['background'];
  readonly bitrate?: number;
  readonly consent?: string;
  readonly drawn?: boolean;
  readonly force?: boolean;
  readonly model?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/**
 * Adds what decides how a film looks and where it goes, the same for every command that makes one.
 * @param source - what the default name is taken from.
 */
export function addFilmOptions(command: Command, source: string): Command {
  command
    .option(
      '-o, --out <file>',
      `.webm, .mp4, .mov, .gif or .webp; - is standard output, as WebM (default: the name of ${source}, .webm)`,
    )
    .option('--frames <folder>', 'write a PNG for each picture; without --out, no film')
    .addOption(frameRateOption())
    .addOption(
      new Option('--size <pixels>', `side of the picture, the shorter one of the film: ${SIZES.join(', ')}`)
        .default(512)
        .argParser(sizeOf),
    )
    .addOption(aspectOption())
    .addOption(
      new Option(
        '--background <what>',
        'portrait, transparent, matte (alpha beside the picture) or a colour as #rrggbb',
      )
        .default('portrait')
        .argParser(backgroundOf),
    )
    .addOption(new Option('--bitrate <kbps>', 'of the pictures (default: 2000 at 512)').argParser(positive))
    .option('--consent <text>', 'who allows the use of this portrait; kept with what is made from it')
    .option('--drawn', 'state that the portrait is drawn and shows no real person, so that it needs no consent')
    .option('--thumbnail <file>', 'also write one picture of the film: .jpg, .png or .webp')
    .addOption(forceOption())
    .option('--model <folder>', 'another motion bundle');
  return addControlOptions(command)
    .option('--json', 'print what was made as JSON')
    .option('-q, --quiet', 'no progress');
}

/** @throws InvalidArgumentError */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || value > 1e6) throw new InvalidArgumentError('Give a number greater than 0.');
  return value;
}

function sizeOf(text: string): FilmSize {
  const size = SIZES.find((each) => String(each) === text);
  if (size === undefined) throw new InvalidArgumentError(`Give one of ${SIZES.join(', ')}.`);
  return size;
}

function backgroundOf(text: string): FilmFlags['background'] {
  if (text === 'portrait' || text === 'matte' || text === 'transparent') return text;
  const colour = /^#?([0-9a-f]{6})$/i.exec(text)?.[1];
  if (colour === undefined)
    throw new InvalidArgumentError('Give portrait, transparent, matte or a colour such as #00b140.');
  const value = Number.parseInt(colour, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
