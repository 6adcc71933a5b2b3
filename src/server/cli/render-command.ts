import { Option, type Command } from 'commander';
import { addFilmOptions, positive } from './film-options.ts';
import type { Settings } from './settings.ts';
import type { RenderFlags } from './render.ts';

export function addRenderCommand(program: Command, settings: Settings): void {
  const command = program
    .command('render')
    .summary('make a film of a face that says the sound')
    .description(
      'Makes a film of a face that says the sound. The ending of the name says which: .webm (VP8 and Opus), .mp4 (H.264 and AAC), .mov (ProRes 4444), .gif or .webp; or PNG pictures. With --background transparent, .webm, .mov, .webp and PNG have an alpha channel.',
    )
    .argument('<portrait>', 'JPEG, PNG, WebP or AVIF; or an .avatar file of `visavis enrol`')
    .argument('[audio]', 'WAV, FLAC, MP3, Ogg, WebM, M4A or AAC; - is standard input; may be left out with --motion')
    .option('--motion <file>', 'use this motion: CSV of Live Link Face or JSON lines; - is standard input')
    .option('--text <text>', 'what is said in the sound, for --subtitles; @FILE reads it from a file')
    .option('--subtitles <file>', 'write the text with its estimated times: .srt or .vtt')
    .addOption(new Option('--motion-fps <rate>', 'ignore the timecodes of --motion').argParser(positive));
  addFilmOptions(command, 'the sound')
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
