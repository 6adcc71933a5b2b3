import { CommandVoice } from './command-voice.ts';
import type { Deadlines } from './deadline.ts';
import type { SpeechRequest } from './voice.ts';

export interface EspeakOptions {
  readonly name?: string;
  /** espeak-ng's own names, such as `en-gb` or `de+f3`; chosen when a request names no language. */
  readonly voice?: string;
  readonly program?: string;
  readonly deadlines?: Deadlines;
}

const USUAL_WORDS_PER_MINUTE = 165;

/** espeak-ng as a process: over a hundred languages, no network, a first sound after tens of milliseconds. */
export function espeakVoice(options: EspeakOptions = {}): CommandVoice {
  const program = options.program ?? 'espeak-ng';
  return new CommandVoice({
    name: options.name ?? 'espeak-ng',
    kind: 'espeak',
    startsEarly: true,
    ...(options.deadlines === undefined ? {} : { deadlines: options.deadlines }),
    command: (request) => [program, ...espeakArguments(request, options.voice)],
  });
}

/** espeak-ng knows some languages by another tag than people write. */
const TAGS: Readonly<Record<string, string>> = { zh: 'cmn', no: 'nb', en: 'en-us', iw: 'he', pt: 'pt-br', fr: 'fr-fr' };

export function espeakArguments(request: SpeechRequest, ownVoice = 'en-us'): string[] {
  const words = Math.round(USUAL_WORDS_PER_MINUTE * request.rate);
  // 50 is espeak-ng's middle; the ends of its scale are about half and twice the pitch.
  const pitch = Math.round(Math.min(99, Math.max(0, 50 + 50 * Math.log2(request.pitch))));
  return [
    '-v',
    espeakVoiceFor(request.language, ownVoice),
    '-s',
    `${words}`,
    '-p',
    `${pitch}`,
    '-b',
    '1',
    '--stdin',
    '--stdout',
  ];
}

/** @returns the own voice where it speaks the language, else the language's. */
function espeakVoiceFor(language: string | undefined, ownVoice: string): string {
  if (language === undefined) return ownVoice;
  const tag = language.toLowerCase();
  const primary = tag.split('-')[0] ?? tag;
  if (ownVoice.toLowerCase().startsWith(primary) && (tag === primary || ownVoice.toLowerCase().startsWith(tag)))
    return ownVoice;
  // "de-at" is spoken as "de"; espeak-ng itself refuses a region that it does not have.
  if (tag !== primary && ESPEAK_REGIONS.has(tag)) return tag;
  return TAGS[primary] ?? primary;
}

const ESPEAK_REGIONS: ReadonlySet<string> = new Set([
  'en-gb',
  'en-us',
  'en-gb-scotland',
  'es-419',
  'fr-be',
  'fr-ch',
  'pt-br',
  'vi-vn-x-central',
]);
