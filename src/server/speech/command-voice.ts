import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { messageOf } from '../../base/errors.ts';
import { DEFAULT_DEADLINES, withDeadlines, type Deadlines } from './deadline.ts';
import { PcmReader } from './pcm-reader.ts';
import { VoiceError, type Blame, type SpeechChunk, type SpeechRequest, type Voice } from './voice.ts';

export interface CommandVoiceOptions {
  readonly name: string;
  readonly kind: Voice['kind'];
  /** Program and arguments for one sentence; the sentence itself comes on its standard input, as UTF-8. */
  readonly command: (request: SpeechRequest) => readonly [string, ...string[]];
  /** Rate of raw 16-bit PCM on its standard output; without it, WAV. */
  readonly rawRateHz?: number;
  /** Whether the program may be started before there is a text, and wait for it on its standard input. */
  readonly startsEarly?: boolean;
  readonly deadlines?: Deadlines;
}

/** A program that is started and still has no text. */
interface Ready {
  readonly key: string;
  readonly child: ChildProcessWithoutNullStreams;
  readonly giveUp: NodeJS.Timeout;
}

/** A conversation has pauses; a program that nobody wants for longer is ended. */
const READY_MS = 120_000;
/** For people of different languages and speeds, a few megabytes each. */
const MAX_READY = 4;

/** A voice that is a program: one process a sentence, its sound taken as it comes. */
export class CommandVoice implements Voice {
  readonly name: string;
  readonly kind: Voice['kind'];
  readonly #options: CommandVoiceOptions;
  #ready: Ready[] = [];

  constructor(options: CommandVoiceOptions) {
    this.name = options.name;
    this.kind = options.kind;
    this.#options = options;
  }

  /** Starts the program where that helps: what it takes to load is the larger part of the wait for a first sound. */
  prepare(request: Omit<SpeechRequest, 'text'>): void {
    if (this.#options.startsEarly !== true) return;
    const command = this.#options.command({ ...request, text: '' });
    const key = JSON.stringify(command);
    if (this.#ready.some((ready) => ready.key === key)) return;
    const child = this.#start(command);
    hold(child, false);
    const giveUp = setTimeout(() => {
      this.#forget(child);
    }, READY_MS);
    giveUp.unref();
    this.#ready.push({ key, child, giveUp });
    child.once('close', () => {
      this.#forget(child);
    });
    // Its failure is met by whoever speaks next.
    child.once('error', () => undefined);
    for (const { child: oldest } of this.#ready.slice(0, -MAX_READY)) this.#forget(oldest);
  }

  async *speak(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    signal.throwIfAborted();
    const command = this.#options.command(request);
    const child = this.#takeReady(JSON.stringify(command)) ?? this.#start(command);
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
      throw new VoiceError(`Voice "${this.name}": ${messageOf(thrown)}`, 'unclear', { cause: thrown });
    }
    await ended.catch((thrown: unknown) => {
      // A program that ended without a sound refused this text (or its language) or fails for all: it costs little to ask.
      const blame: Blame = spoken > 0 ? 'unclear' : thrown instanceof Ending ? thrown.blame : 'voice';
      throw new VoiceError(`Voice "${this.name}": ${messageOf(thrown)}`, blame, { cause: thrown });
    });
    if (spoken === 0) throw new VoiceError(`Voice "${this.name}" made no sound`, 'text');
    this.prepare(request);
  }

  #start([program, ...parameters]: readonly [string, ...string[]]): ChildProcessWithoutNullStreams {
    // The program sees the sentence and nothing of this process's settings, which hold keys.
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8' };
    return spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'], env });
  }

  #takeReady(key: string): ChildProcessWithoutNullStreams | undefined {
    const ready = this.#ready.find((each) => each.key === key && each.child.exitCode === null);
    if (ready === undefined) return undefined;
    clearTimeout(ready.giveUp);
    this.#ready = this.#ready.filter((each) => each !== ready);
    hold(ready.child, true);
    return ready.child;
  }

  #forget(child: ChildProcessWithoutNullStreams): void {
    for (const ready of this.#ready) if (ready.child === child) clearTimeout(ready.giveUp);
    this.#ready = this.#ready.filter((ready) => ready.child !== child);
    child.kill('SIGKILL');
  }
}

interface Handle {
  ref(): unknown;
  unref(): unknown;
}

/** Whether this process stays for the child's sake. */
function hold(child: ChildProcessWithoutNullStreams, held: boolean): void {
  // Node's types call the pipes streams; they are sockets.
  const handles = [child, child.stdin, child.stdout, child.stderr] as unknown as readonly Handle[];
  for (const handle of handles) {
    if (held) handle.ref();
    else handle.unref();
  }
}

/** A program was started and did not end well; all other errors mean that it was not started. */
class Ending extends Error {
  readonly blame: Blame;

  constructor(message: string, blame: Blame) {
    super(message);
    this.blame = blame;
  }
}

/** @throws Error with what the program said last, when it could not be started or did not end well. */
function endOf(child: ChildProcessWithoutNullStreams): Promise<void> {
  let complaint = '';
  child.stderr.on('data', (part: Buffer) => {
    complaint = (complaint + part.toString()).slice(-300);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signalName) => {
      // Killed after its sound was whole is not a failure: withDeadlines always ends with a kill.
      if (code === 0 || signalName === 'SIGKILL') resolve();
      else {
        const message = `${child.spawnfile} ended with ${code ?? signalName ?? 'nothing'}: ${complaint.trim()}`;
        reject(new Ending(message, code === null ? 'unclear' : 'text'));
      }
    });
  });
}
