import { messageOf } from '../../base/errors.ts';
import { DEFAULT_DEADLINES, within, withDeadlines, type Deadlines } from './deadline.ts';
import { isRate, PcmReader } from './pcm-reader.ts';
import { VoiceError, type Blame, type SpeechChunk, type SpeechRequest, type Voice } from './voice.ts';

export interface HttpVoiceOptions {
  readonly name: string;
  readonly kind: 'openai' | 'personal';
  /**
   * `openai`: the API's base, such as `https://api.openai.com/v1`; `/audio/speech` is added. `personal`: takes a POST of
   * `{ text, language, rate, pitch }` and answers with WAV, or with raw PCM as `audio/L16; rate=…`.
   */
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** Of the OpenAI API. */
  readonly model?: string | undefined;
  readonly voice?: string | undefined;
  readonly deadlines?: Deadlines | undefined;
}

/** 24 kHz is what the OpenAI speech API's `pcm` means. */
const OPENAI_RATE_HZ = 24_000;

/** A voice behind HTTP whose answer is spoken while it still comes. */
export class HttpVoice implements Voice {
  readonly name: string;
  readonly kind: 'openai' | 'personal';
  readonly #options: HttpVoiceOptions;

  constructor(options: HttpVoiceOptions) {
    this.name = options.name;
    this.kind = options.kind;
    this.#options = options;
  }

  async *speak(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    const deadlines = this.#options.deadlines ?? DEFAULT_DEADLINES;
    const abort = new AbortController();
    const startMs = performance.now();
    try {
      const response = await within(this.#ask(request, abort.signal), deadlines.firstMs, signal);
      const rawRateHz = rateOf(response, this.kind);
      const reader = new PcmReader(rawRateHz);
      const firstMs = Math.max(1, deadlines.firstMs - (performance.now() - startMs));
      const body = withDeadlines<Uint8Array>(
        response.body ?? EMPTY,
        { ...deadlines, firstMs },
        signal,
        () => undefined,
      );
      let spoken = 0;
      for await (const bytes of body) {
        const samples = reader.push(bytes);
        if (samples.length === 0 || reader.sampleRateHz === undefined) continue;
        spoken += samples.length;
        yield { samples, sampleRateHz: reader.sampleRateHz };
      }
      if (spoken === 0) throw new VoiceError('made no sound', 'text');
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      throw new VoiceError(`Voice "${this.name}": ${messageOf(thrown)}`, blameOf(thrown), { cause: thrown });
    } finally {
      abort.abort();
    }
  }

  async #ask(request: SpeechRequest, signal: AbortSignal): Promise<Response> {
    const { url, apiKey, kind } = this.#options;
    const address = kind === 'openai' ? `${url.replace(/\/+$/, '')}/audio/speech` : url;
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(kind === 'openai' ? this.#openAiBody(request) : personalBody(request)),
      signal,
      redirect: 'error',
    });
    if (!response.ok) throw new VoiceError(`answered ${response.status}`, blameOfStatus(response.status));
    const type = response.headers.get('content-type') ?? '';
    if (/html|json|xml|text\//i.test(type))
      throw new Error(`answered with ${type.split(';')[0] ?? type}, expected sound`);
    return response;
  }

  #openAiBody(request: SpeechRequest): object {
    const { model, voice } = this.#options;
    return {
      model: model ?? 'tts-1',
      voice: voice ?? 'alloy',
      input: request.text,
      response_format: 'pcm',
      speed: request.rate,
    };
  }
}

/** Refused key, unpaid, no such model, too many requests: the same for every text. */
const STATUS_OF_VOICE: ReadonlySet<number> = new Set([401, 402, 404, 407, 429]);
/** May be about the text (a moderation, a slow one) or about the voice. */
const STATUS_UNCLEAR: ReadonlySet<number> = new Set([403, 408]);
/** No connection was made, so the text was not even sent. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A text can bring an endpoint to any 5xx, so those are unclear. */
function blameOfStatus(status: number): Blame {
  if (STATUS_OF_VOICE.has(status)) return 'voice';
  return status >= 400 && status < 500 && !STATUS_UNCLEAR.has(status) ? 'text' : 'unclear';
}

function blameOf(thrown: unknown): Blame {
  if (thrown instanceof VoiceError) return thrown.blame;
  // fetch() keeps the error of the system as the cause of its own.
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause instanceof Error && 'code' in cause && NOT_CONNECTED.has(String(cause.code)) ? 'voice' : 'unclear';
}

const EMPTY: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {
    // An answer without a body has no sound.
  },
};

function personalBody({ text, language, rate, pitch }: SpeechRequest): object {
  return { text, language, rate, pitch };
}

/** @returns the rate of raw PCM, or `undefined` for WAV. */
function rateOf(response: Response, kind: 'openai' | 'personal'): number | undefined {
  const type = response.headers.get('content-type') ?? '';
  if (/wav/i.test(type)) return undefined;
  const stated = /rate=(\d+)/i.exec(type)?.[1];
  if (stated !== undefined && isRate(Number(stated))) return Number(stated);
  return kind === 'openai' ? OPENAI_RATE_HZ : undefined;
}
