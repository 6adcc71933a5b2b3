import type { Command } from 'commander';
import { addControlOptions } from './control-options.ts';
import { frameRateOption } from './frame-rate-option.ts';
import { forceOption } from './output-path.ts';
import type { Settings } from './settings.ts';
import type { AnimateFlags } from './animate.ts';

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
