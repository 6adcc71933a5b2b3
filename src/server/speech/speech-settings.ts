import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { CommandVoice } from './command-voice.ts';
import { espeakVoice } from './espeak-voice.ts';
import { HttpVoice } from './http-voice.ts';
import type { SpeechRequest, Voice } from './voice.ts';
import { VoiceChain } from './voice-chain.ts';

const name = z.string().min(1).max(64);
const url = z.url({ protocol: /^https?$/ });
const deadlines = z
  .object({ firstMs: z.number().min(50).max(60_000), stallMs: z.number().min(50).max(60_000) })
  .optional();
const voiceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('espeak'),
    name,
    voice: z.string().optional(),
    program: z.string().optional(),
    deadlines,
  }),
  z.object({
    kind: z.literal('openai'),
    name,
    url,
    apiKey: z.string().optional(),
    model: z.string().optional(),
    voice: z.string().optional(),
    deadlines,
  }),
  z.object({
    kind: z.literal('personal'),
    name,
    url: url.optional(),
    apiKey: z.string().optional(),
    /** Program and arguments; `{language}`, `{rate}` and `{pitch}` are filled in. The text comes on standard input. */
    command: z.tuple([z.string()], z.string()).optional(),
    /** Of raw PCM from the command; WAV without it. */
    sampleRateHz: z.number().int().min(8000).max(96_000).optional(),
    deadlines,
  }),
]);

/** The voices of this server, best first. */
export type SpeechSettings = readonly VoiceSettings[];
export type VoiceSettings = z.infer<typeof voiceSchema>;

/**
 * Reads `VISAVIS_VOICES` (a JSON file that lists voices in the order in which they are tried), or else makes the list
 * from `VISAVIS_PERSONAL_VOICE_URL` or `…_COMMAND`, `VISAVIS_SPEECH_URL`, `…_KEY`, `…_MODEL` and `…_VOICE`, with
 * espeak-ng (`VISAVIS_ESPEAK_VOICE`) last.
 * @throws AvatarError `CONFIG_INVALID`.
 */
export function readSpeechSettings(environment: Readonly<Record<string, string | undefined>>): SpeechSettings {
  const setting = (key: string): string | undefined => {
    const value = environment[key];
    return value === undefined || value === '' ? undefined : value;
  };
  const path = setting('VISAVIS_VOICES');
  if (path !== undefined) return readVoices(path);
  const voices: object[] = [];
  const personalUrl = setting('VISAVIS_PERSONAL_VOICE_URL');
  const personalCommand = setting('VISAVIS_PERSONAL_VOICE_COMMAND')?.split(' ');
  if (personalUrl !== undefined) voices.push({ kind: 'personal', name: 'personal', url: personalUrl });
  else if (personalCommand !== undefined) voices.push({ kind: 'personal', name: 'personal', command: personalCommand });
  const speechUrl = setting('VISAVIS_SPEECH_URL');
  if (speechUrl !== undefined) {
    voices.push({
      kind: 'openai',
      name: setting('VISAVIS_SPEECH_VOICE') ?? 'endpoint',
      url: speechUrl,
      apiKey: setting('VISAVIS_SPEECH_KEY'),
      model: setting('VISAVIS_SPEECH_MODEL'),
      voice: setting('VISAVIS_SPEECH_VOICE'),
    });
  }
  voices.push({ kind: 'espeak', name: 'espeak-ng', voice: setting('VISAVIS_ESPEAK_VOICE') });
  return parse(voices, 'the voices of the environment');
}

/** @returns the chain from which every participant of this process gets its own: a voice that is out of order rests for all. */
export function openVoices(settings: SpeechSettings, clock: Clock): VoiceChain {
  return new VoiceChain(settings.map(openVoice), clock);
}

function readVoices(path: string): SpeechSettings {
  try {
    return parse(JSON.parse(readFileSync(path, 'utf8')), path);
  } catch (thrown) {
    if (thrown instanceof AvatarError) throw thrown;
    throw new AvatarError('CONFIG_INVALID', `Cannot read VISAVIS_VOICES=${path}: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

function parse(voices: unknown, where: string): SpeechSettings {
  const result = z.array(voiceSchema).min(1).max(20).safeParse(voices);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new AvatarError(
      'CONFIG_INVALID',
      `Cannot use ${where}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    );
  }
  for (const voice of result.data) {
    if (voice.kind === 'personal' && (voice.url === undefined) === (voice.command === undefined)) {
      throw new AvatarError('CONFIG_INVALID', `Cannot use ${where}: "${voice.name}" needs either a url or a command`);
    }
  }
  return result.data;
}

function openVoice(settings: VoiceSettings): Voice {
  const timing = settings.deadlines === undefined ? {} : { deadlines: settings.deadlines };
  switch (settings.kind) {
    case 'espeak':
      return espeakVoice({
        name: settings.name,
        ...(settings.voice === undefined ? {} : { voice: settings.voice }),
        ...(settings.program === undefined ? {} : { program: settings.program }),
        ...timing,
      });
    case 'openai':
      return new HttpVoice({ ...settings, ...timing });
    case 'personal': {
      const { name: ownName, command, url: ownUrl, apiKey, sampleRateHz } = settings;
      if (ownUrl !== undefined)
        return new HttpVoice({ name: ownName, kind: 'personal', url: ownUrl, apiKey, ...timing });
      return new CommandVoice({
        name: ownName,
        kind: 'personal',
        command: (request) => fillIn(command ?? ['false'], request),
        ...(sampleRateHz === undefined ? {} : { rawRateHz: sampleRateHz }),
        ...timing,
      });
    }
    default:
      return settings satisfies never;
  }
}

function fillIn([program, ...rest]: readonly [string, ...string[]], request: SpeechRequest): [string, ...string[]] {
  const filled = rest.map((part) =>
    part
      .replaceAll('{language}', request.language ?? '')
      .replaceAll('{rate}', String(request.rate))
      .replaceAll('{pitch}', String(request.pitch)),
  );
  return [program, ...filled];
}
