import type { Clock } from '../../base/clock.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { MonotonicUs } from '../../base/timeline.ts';
import { Resampler } from '../../media/audio/resampler.ts';
import { QUEUE_MS, type SpeakEvent } from '../../../protocol/speak.ts';
import { FRAME_RATE_HZ, FRAME_US, Turn } from './turn.ts';

/** The avatar that speaks: what a participant of a call offers (`peer/avatar-peer.ts`). */
export interface SpeakOutlet {
  speak(packets: readonly Uint8Array[]): number;
  stopSpeaking(): number;
  /** How much of what `speak` was given has left for the listeners, µs. */
  readonly spokenUs: number;
}

/** Samples to Opus. */
export interface FrameEncoder extends Closable {
  /** @param samples - 20 ms of mono at 48 kHz. @returns the packet. */
  encode(samples: Float32Array): Uint8Array;
}

export interface SpeakSessionOptions {
  readonly outlet: SpeakOutlet;
  /** Closed by the session. */
  readonly encoder: FrameEncoder;
  /** Of the PCM, Hz. */
  readonly sampleRateHz: number;
  readonly clock: Clock;
  readonly onEvent: (event: SpeakEvent) => void;
}

/**
 * Sound that lies encoded in the avatar's own queue: more than the event loop ever stands still, and little enough that
 * `clear` wastes nothing.
 */
const LEAD_US = 400_000;
/** Frames that are encoded before other calls get a turn: about 4 ms of work. */
const FRAMES_A_TICK = 12;
const TICK_MS = 10;
/** A turn begins once so much of it is here, or so much time has passed. A service that is faster than speech never waits. */
const FIRST_US = 60_000;
const FIRST_WAIT_US = 20_000;
/** After a gap in the middle of a turn the sender is known to be unsteady. */
const AFTER_GAP_US = 120_000;
/** Less than this waits for more: the resampler keeps its last millisecond until it knows what follows. */
const SCRAP_US = 2 * FRAME_US;
/** A turn whose end nobody said is over after this much silence. */
const QUIET_US = 1_000_000;
/** A `clear` over HTTP may arrive after the same one on the socket; more than a few never wait. */
const REMEMBERED_CLEARS = 16;
const PAUSE_US = 45_000_000;
const RESUME_US = 30_000_000;

/**
 * Gives an avatar the voice of a program: PCM of any speed goes in, is spoken in real time by the avatar's media clock, and
 * events say what was heard. The avatar's own pipeline does the rest, as with a microphone.
 */
export class SpeakSession implements Closable {
  readonly #options: SpeakSessionOptions;
  readonly #resampler: Resampler;
  readonly #turns: Turn[] = [];
  #turnCount = 0;
  /** End of all sound that the avatar was given, on the scale of `spokenUs`. */
  #givenUs: number;
  /** Before this much is here, or this much time has passed since `#gatheringSinceUs`, nothing is given. */
  #gatherUs = FIRST_US;
  #gatherWaitUs = FIRST_WAIT_US;
  #gatheringSinceUs: MonotonicUs | undefined;
  #quietSinceUs: MonotonicUs;
  #isPaused = false;
  /** Names of the last clears that came in their place among the sound. */
  readonly #clears: string[] = [];
  /** Sound is dropped until the clear of this name comes. */
  #droppingUntil: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SpeakSessionOptions) {
    this.#options = options;
    this.#resampler = new Resampler(options.sampleRateHz, FRAME_RATE_HZ);
    this.#givenUs = options.outlet.spokenUs;
    this.#quietSinceUs = options.clock.now();
  }

  /** Sound that was sent and not heard yet, µs. */
  get queuedUs(): number {
    const waiting = this.#turns.reduce((sum, turn) => sum + turn.waitingUs, 0);
    return waiting + Math.max(0, this.#givenUs - this.#options.outlet.spokenUs);
  }

  /** Whether another message may come; while it may not, the sender has to wait. */
  get hasRoom(): boolean {
    return this.queuedUs < QUEUE_MS * 1000;
  }

  /** @param bytes - PCM, copied. */
  push(bytes: Uint8Array): void {
    if (this.#isClosed || bytes.length === 0 || this.#droppingUntil !== undefined) return;
    let turn = this.#turns.at(-1);
    if (turn === undefined || turn.ended) {
      turn = new Turn(++this.#turnCount, this.#options.sampleRateHz, this.#resampler);
      this.#turns.push(turn);
    }
    turn.push(bytes);
    this.#quietSinceUs = this.#options.clock.now();
    this.#tick();
    this.#timer ??= setInterval(() => {
      this.#tick();
    }, TICK_MS);
  }

  /** Another socket goes on with the turn: half a sample that the former one left is dropped, and nothing of it still comes. */
  align(): void {
    this.#droppingUntil = undefined;
    this.#turns.at(-1)?.align();
  }

  /** The turn is complete. A half sample at its end is dropped. */
  end(): void {
    const turn = this.#turns.at(-1);
    if (turn === undefined || turn.ended) return;
    turn.ended = true;
    if (turn.isOdd) {
      const message = 'The turn ended in the middle of a sample: its last byte was dropped';
      this.#options.onEvent({ type: 'error', code: 'PCM_ODD', message });
    }
    this.#tick();
  }

  /**
   * Silence and a closed mouth at once; everything that was sent before is forgotten.
   * @param id - pairs it with an `overtake`, before or after it.
   */
  clear(id?: string): void {
    if (id !== undefined) {
      this.#clears.push(id);
      if (this.#clears.length > REMEMBERED_CLEARS) this.#clears.shift();
    }
    if (id !== undefined && id === this.#droppingUntil) this.#droppingUntil = undefined;
    else this.#clear();
  }

  /** Obeys a `clear` that is still on its way behind sound: what comes before it is dropped. */
  overtake(id: string): void {
    if (this.#clears.includes(id)) return;
    this.#droppingUntil = id;
    this.#clear();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#rest();
    this.#turns.length = 0;
    this.#options.outlet.stopSpeaking();
    void this.#options.encoder.close();
  }

  #clear(): void {
    const { outlet, onEvent } = this.#options;
    const droppedUs = this.queuedUs;
    const turn = this.#turns.find(({ started }) => started);
    const playedMs = turn === undefined ? 0 : this.#playedMs(turn);
    outlet.stopSpeaking();
    this.#turns.length = 0;
    this.#resampler.reset();
    this.#givenUs = outlet.spokenUs;
    this.#gatherFor(FIRST_US, FIRST_WAIT_US);
    this.#rest();
    onEvent({ type: 'cleared', turn: turn?.number ?? null, playedMs, droppedMs: Math.round(droppedUs / 1000) });
    this.#tellFlow();
  }

  #tick(): void {
    this.#give();
    this.#follow();
    this.#tellFlow();
    if (this.#turns.length === 0) this.#rest();
  }

  /** Keeps the avatar's own queue filled, by as little as is safe. */
  #give(): void {
    const { outlet, encoder } = this.#options;
    const aheadUs = this.#givenUs - outlet.spokenUs;
    const next = this.#turns.find((turn) => !turn.isGiven);
    if (next === undefined) return;
    if (aheadUs <= 0 && next.startUs !== undefined && next.waitingUs < SCRAP_US && !next.ended) {
      this.#gatherFor(AFTER_GAP_US, AFTER_GAP_US);
      return;
    }
    if (!this.#hasGathered(next)) return;
    const packets: Uint8Array[] = [];
    for (const turn of this.#turns) {
      while (packets.length < FRAMES_A_TICK && aheadUs + packets.length * FRAME_US < LEAD_US) {
        const frame = turn.nextFrame();
        if (frame === undefined) break;
        turn.startUs ??= this.#givenUs + packets.length * FRAME_US;
        packets.push(encoder.encode(frame));
      }
      if (!turn.isGiven) break;
    }
    if (packets.length === 0) return;
    this.#gatherFor(0, 0);
    this.#givenUs += packets.length * FRAME_US;
    outlet.speak(packets);
  }

  #hasGathered(turn: Turn): boolean {
    const now = this.#options.clock.now();
    this.#gatheringSinceUs ??= now;
    return turn.ended || turn.waitingUs >= this.#gatherUs || now - this.#gatheringSinceUs >= this.#gatherWaitUs;
  }

  #gatherFor(us: number, waitUs: number): void {
    this.#gatherUs = us;
    this.#gatherWaitUs = waitUs;
    this.#gatheringSinceUs = undefined;
  }

  /** Tells what has been heard since the last look. */
  #follow(): void {
    const { outlet, clock, onEvent } = this.#options;
    for (let turn = this.#turns[0]; turn !== undefined; turn = this.#turns[0]) {
      const { startUs } = turn;
      const isHeard = startUs !== undefined && outlet.spokenUs >= startUs + turn.givenUs;
      if (!turn.started && startUs !== undefined && outlet.spokenUs > startUs) {
        turn.started = true;
        onEvent({ type: 'started', turn: turn.number });
      }
      if (!isHeard || turn.waitingUs >= SCRAP_US) this.#quietSinceUs = clock.now();
      else if (clock.now() - this.#quietSinceUs > QUIET_US) turn.ended = true;
      const isEmpty = turn.ended && turn.isGiven && startUs === undefined;
      if (!(turn.isGiven && isHeard) && !isEmpty) return;
      this.#turns.shift();
      if (this.#turns.length === 0) this.#gatherFor(FIRST_US, FIRST_WAIT_US);
      onEvent({ type: 'finished', turn: turn.number, playedMs: this.#playedMs(turn) });
    }
  }

  #playedMs({ startUs, lengthUs }: Turn): number {
    if (startUs === undefined) return 0;
    const playedUs = Math.max(0, this.#options.outlet.spokenUs - startUs);
    return Math.round(Math.min(playedUs, lengthUs) / 1000);
  }

  #tellFlow(): void {
    const { queuedUs } = this;
    if (this.#isPaused ? queuedUs >= RESUME_US : queuedUs <= PAUSE_US) return;
    this.#isPaused = !this.#isPaused;
    const state = this.#isPaused ? 'pause' : 'resume';
    this.#options.onEvent({ type: 'flow', state, queuedMs: Math.round(queuedUs / 1000) });
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
