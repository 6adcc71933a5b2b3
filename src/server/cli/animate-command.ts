import { Command, InvalidArgumentError, Option } from 'commander';
import { addControlOptions, type ControlFlags } from './control-options.ts';
import { forceOption } from './output-path.ts';
import type { Settings } from './settings.ts';

/** Rates at which motion is written and pictures are drawn. */
export const FRAME_RATES = [25, 30, 40, 50, 60] as const;

export type FrameRate = (typeof FRAME_RATES)[number];

export interface AnimateFlags extends ControlFlags {
  readonly fps: FrameRate;
  readonly out?: string;
  readonly arkitExpressions?: boolean;
  readonly force?: boolean;
  readonly model?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addAnimateCommand(program: Command, settings: Settings): void {
  const command = program
    .command('animate')
    .summary('turn speech into motion')
    .description(
      'Turns speech into motion. The ending of the name says which file: .csv with the columns of Live Link Face; .jsonl with the whole motion frame; .gltf or .glb with an animation of morph targets and the head; .vrma for VRM models; .json as Audio2Face exports it.',
    )
    .argument('<audio>', 'WAV, FLAC, MP3, Ogg, WebM, M4A or AAC; - is standard input')
    .addOption(frameRateOption())
    .option(
      '-o, --out <file>',
      '.csv, .jsonl, .gltf, .glb, .vrma or .json; - is standard output, as CSV (default: the name of the sound, .csv)',
    )
    .option('--arkit-expressions', 'in a .vrma: ARKit’s 52 shapes as custom expressions, instead of VRM’s presets')
    .addOption(forceOption())
    .option('--model <folder>', 'another motion bundle');
  addControlOptions(command)
    .option('--json', 'print what was made as JSON; with --out -, write JSON lines')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      `
Examples:
  visavis animate speech.wav
  visavis animate speech.mp3 --fps 60 --out take.csv
  visavis animate speech.wav --out speech.glb
  visavis animate speech.wav --out speech.vrma
  visavis animate song.flac --out song.jsonl --emotion happy:0.6 --seed 7
  ffmpeg -i film.mp4 -f wav - | visavis animate - --out - | head`,
    )
    .action(async (audio: string, flags: AnimateFlags) => {
      const { animate } = await import('./animate.ts');
      await animate(audio, flags, settings);
    });
}

export function frameRateOption(): Option {
  return new Option('--fps <rate>', `frames a second: ${FRAME_RATES.join(', ')}`).default(25).argParser((text) => {
    const rate = FRAME_RATES.find((each) => String(each) === text);
    if (rate === undefined) throw new InvalidArgumentError(`Give one of ${FRAME_RATES.join(', ')}.`);
    return rate;
  });
}
