import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { Scope } from '../../base/lifecycle.ts';
import { mediaTimeUs } from '../../base/timeline.ts';
import type { SpokenWord } from '../../media/sync/subtitles.ts';
import { WavWriter } from '../../native/codec/wav-writer.ts';
import { openVoices } from '../speech/speech-settings.ts';
import { speakText, SPOKEN_RATE_HZ } from '../speech/spoken-text.ts';
import { UsageError } from './command-failure.ts';
import type { TimedControl } from './control-options.ts';
import { checkOutput, outputPath } from './output-path.ts';
import { checkSubtitleName, textOf, writeSubtitles } from './subtitle-output.ts';
import { makeFilm, reportFilm } from './render.ts';
import { configOf, type Settings } from './settings.ts';
import type { FilmFlags } from './film-options.ts';

export interface SayFlags extends FilmFlags {
  readonly voice?: string;
  readonly language?: string;
  readonly rate: number;
  readonly pitch: number;
  readonly subtitles?: string;
}

/** A text on film. @throws UsageError or AvatarError. */
export async function say(portrait: string, text: string, flags: SayFlags, settings: Settings): Promise<void> {
  const force = flags.force === true;
  const textFile = text.startsWith('@') ? text.slice(1) : undefined;
  const rules = { inputs: [portrait, textFile, flags.controls], force };
  if (flags.subtitles !== undefined) {
    checkSubtitleName(flags.subtitles);
    checkOutput(flags.subtitles, rules);
  }
  const noFilm = flags.out === undefined && flags.frames !== undefined;
  const named = noFilm ? undefined : outputPath(flags.out, portrait, '.webm', rules);

  await using scope = new Scope();
  const folder = await mkdtemp(join(tmpdir(), 'visavis-say-'));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  const sound = join(folder, `${basename(portrait, extname(portrait))}.wav`);
  const { words, controls } = await speakInto(sound, await textOf(text, textFile), flags, settings);

  const film = await makeFilm(portrait, sound, { ...flags, ...(named && { out: named.path }) }, settings, controls);
  if (flags.subtitles !== undefined) writeSubtitles(flags.subtitles, words, force);
  reportFilm({ ...film, notes: [...(named?.note === undefined ? [] : [named.note]), ...film.notes] }, flags);
}

/** Speaks into a sound file. @returns every word with its time, and what the text asks of the face. */
async function speakInto(
  path: string,
  text: string,
  flags: SayFlags,
  settings: Settings,
): Promise<{ readonly words: readonly SpokenWord[]; readonly controls: readonly TimedControl[] }> {
  const words: SpokenWord[] = [];
  const controls: TimedControl[] = [];
  const wav = new WavWriter(path, SPOKEN_RATE_HZ);
  try {
    const sentences = speakText(text, {
      voices: openVoices(configOf(settings).speech, systemClock),
      voice: flags.voice,
      language: flags.language,
      rate: flags.rate,
      pitch: flags.pitch,
      signal: settings.signal,
      onFailure: ({ voice, reason, next }) => {
        const then = next === undefined ? '' : ` Going on with ${next}.`;
        process.stderr.write(`visavis: The voice ${voice} failed: ${reason}.${then}\n`);
      },
    });
    for await (const sentence of sentences) {
      const fromUs = wav.durationUs;
      for (const message of sentence.controls) controls.push({ at: mediaTimeUs(fromUs), message });
      for (const { startUs, endUs, ...word } of sentence.words) {
        words.push({ ...word, startUs: fromUs + startUs, endUs: fromUs + endUs });
      }
      wav.push(sentence.samples);
    }
    if (wav.durationUs === 0) throw new UsageError('There is nothing to say in that text.');
    return { words, controls };
  } finally {
    wav.close();
  }
}
