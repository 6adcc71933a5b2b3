import { Command, InvalidArgumentError, Option } from 'commander';
import type { FaceDecoderOptions } from '../../media/face-codec.ts';
import { frameRateOption, type FrameRate } from './animate-command.ts';
import { addControlOptions, type ControlFlags } from './control-options.ts';
import { forceOption } from './output-path.ts';
import type { Settings } from './settings.ts';

export interface RenderFlags extends ControlFlags {
  readonly out?: string;
  readonly frames?: string;
  readonly motion?: string;
  readonly motionFps?: number;
  readonly fps: FrameRate;
  readonly size: FaceDecoderOptions['sizePx'];
  readonly background: FaceDecoderOptions['background'];
  readonly bitrate?: number;
  readonly consent?: string;
  readonly drawn?: boolean;
  readonly force?: boolean;
  readonly model?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const SIZES = [256, 512, 720] as const;

export function addRenderCommand(program: Command, settings: Settings): void {
  const command = program
    .command('render')
    .summary('make a film of a face that says the sound')
    .description(
      'Makes a film of a face that says the sound. The ending of the name says which: .webm (VP8 and Opus), .mp4 (H.264 and AAC), .mov (ProRes 4444), .gif or .webp; or PNG pictures. With --background transparent, .webm, .mov, .webp and PNG have an alpha channel.',
    )
    .argument('<portrait>', 'JPEG, PNG, WebP or AVIF; or an .avatar file of `visavis enrol`')
    .argument('[audio]', 'WAV, FLAC, MP3, Ogg, WebM, M4A or AAC; - is standard input; may be left out with --motion')
    .option(
      '-o, --out <file>',
      '.webm, .mp4, .mov, .gif or .webp; - is standard output, as WebM (default: the name of the sound, .webm)',
    )
    .option('--frames <folder>', 'write a PNG for each picture; without --out, no film')
    .option('--motion <file>', 'use this motion: CSV of Live Link Face or JSON lines; - is standard input')
    .addOption(new Option('--motion-fps <rate>', 'ignore the timecodes of --motion').argParser(positive))
    .addOption(frameRateOption())
    .addOption(new Option('--size <pixels>', `side of the picture: ${SIZES.join(', ')}`).default(512).argParser(sizeOf))
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
    .addOption(forceOption())
    .option('--model <folder>', 'another motion bundle');
  addControlOptions(command)
    .option('--json', 'print what was made as JSON')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Examples:
  visavis render me.avatar speech.wav --out speech.webm
  visavis render painting.jpg song.mp3 --consent "public domain" --fps 30 --emotion happy:0.5
  visavis render me.avatar speech.wav --motion take.csv --background "#00b140"
  visavis render me.avatar speech.wav --frames pictures/ --size 256
  visavis render me.avatar speech.wav --out speech.mp4
  visavis render me.avatar speech.wav --out overlay.mov --background transparent
  espeak-ng --stdout "Good morning." | visavis render me.avatar - --out - | mpv -`,
    )
    .action(async (portrait: string, audio: string | undefined, flags: RenderFlags) => {
      const { render } = await import('./render.ts');
      await render(portrait, audio, flags, settings);
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || value > 1e6) throw new InvalidArgumentError('Give a number greater than 0.');
  return value;
}

function sizeOf(text: string): FaceDecoderOptions['sizePx'] {
  const size = SIZES.find((each) => String(each) === text);
  if (size === undefined) throw new InvalidArgumentError(`Give one of ${SIZES.join(', ')}.`);
  return size;
}

function backgroundOf(text: string): RenderFlags['background'] {
  if (text === 'portrait' || text === 'matte' || text === 'transparent') return text;
  const colour = /^#?([0-9a-f]{6})$/i.exec(text)?.[1];
  if (colour === undefined)
    throw new InvalidArgumentError('Give portrait, transparent, matte or a colour such as #00b140.');
  const value = Number.parseInt(colour, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
