import { spawn, type ChildProcess } from 'node:child_process';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { DEFAULT_DEADLINES, withDeadlines, type Deadlines } from './deadline.ts';
import { PcmReader } from './pcm-reader.ts';
import type { SpeechChunk, SpeechRequest, Voice } from './voice.ts';

export interface CommandVoiceOptions {
  readonly name: string;
  readonly kind: Voice['kind'];
  /** Program and arguments for one sentence; the sentence itself comes on its standard input, as UTF-8. */
  readonly command: (request: SpeechRequest) => readonly [string, ...string[]];
  /** Rate of raw 16-bit PCM on its standard output; without it, WAV. */
  readonly rawRateHz?: number;
  readonly deadlines?: Deadlines;
}

/** A voice that is a program: one process a sentence, its sound taken as it comes. */
export class CommandVoice implements Voice {
  readonly name: string;
  readonly kind: Voice['kind'];
  readonly #options: CommandVoiceOptions;

  constructor(options: CommandVoiceOptions) {
    this.name = options.name;
    this.kind = options.kind;
    this.#options = options;
  }

  async *speak(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    signal.throwIfAborted();
    const [program, ...parameters] = this.#options.command(request);
    // The program sees the sentence and nothing of this process's settings, which hold keys.
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8' };
    const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'], env });
    const ended = endOf(child);
    ended.catch(() => undefined);
    const reader = new PcmReader(this.#options.rawRateHz);
    // A program that ends before it has read its text breaks the pipe; `ended` tells why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(request.text);
    let spoken = 0;
    const bytes = withDeadlines<Buffer>(child.stdout, this.#options.deadlines ?? DEFAULT_DEADLINES, signal, () => {
      child.kill('SIGKILL');
    });
    try {
      for await (const part of bytes) {
        const samples = reader.push(part);
        if (samples.length === 0 || reader.sampleRateHz === undefined) continue;
        spoken += samples.length;
        yield { samples, sampleRateHz: reader.sampleRateHz };
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      throw new AvatarError('SPEECH_FAILED', `Voice "${this.name}": ${messageOf(thrown)}`, { cause: thrown });
    }
    await ended.catch((thrown: unknown) => {
      throw new AvatarError('SPEECH_FAILED', `Voice "${this.name}": ${messageOf(thrown)}`, { cause: thrown });
    });
    if (spoken === 0) throw new AvatarError('SPEECH_FAILED', `Voice "${this.name}" made no sound`);
  }
}

/** @throws Error with what the program said last, when it could not be started or did not end well. */
function endOf(child: ChildProcess): Promise<void> {
  let complaint = '';
  child.stderr?.on('data', (part: Buffer) => {
    complaint = (complaint + part.toString()).slice(-300);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signalName) => {
      // Killed after its sound was whole is not a failure: withDeadlines always ends with a kill.
      if (code === 0 || signalName === 'SIGKILL') resolve();
      else reject(new Error(`${child.spawnfile} ended with ${code ?? signalName ?? 'nothing'}: ${complaint.trim()}`));
    });
  });
}
