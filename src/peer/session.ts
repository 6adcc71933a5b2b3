import { assert, AvatarError, messageOf } from '../base/errors.ts';
import { Scope, type Closable } from '../base/lifecycle.ts';
import type { EncodedFrame } from '../base/media.ts';
import type { MediaTimeUs, MonotonicUs } from '../base/timeline.ts';
import type { SoundPacket } from '../media/audio/sound-track.ts';
import { Pipeline, type Input, type Output, type PipelineOptions } from '../media/pipeline.ts';
import type { FrameLatency } from '../media/sync/latency-ledger.ts';
import type { VoiceMoment } from '../media/voice-moment.ts';
import type { MediaClock } from '../media/sync/media-clock.ts';
import { BitratePolicy } from '../media/video/bitrate.ts';
import type { MotionEngine } from '../native/model/motion-engine.ts';
import type { Rendered, Renderer } from '../native/worker/render-pool.ts';
import type { Rank } from '../native/worker/turns.ts';

export interface SentFrame {
  readonly frame: EncodedFrame;
  readonly late: boolean;
  /** How much later than the sound of its moment it leaves. */
  readonly skewUs: number;
  readonly latency: FrameLatency;
  /** `[MOTION_DIMS]`, where the caller asked for them. */
  readonly motion?: Float32Array;
}

/** Where a session's media goes. */
export interface SessionEvents {
  onFrame(sent: SentFrame): void;
  onSound(packet: SoundPacket): void;
  /** @param tookUs - from the order to the arrival, what it waited for included. */
  onRendered(rendered: Rendered, tookUs: number): void;
  onMotion(computeUs: number): void;
  /** It cannot go on; told once. */
  onFailure(failure: AvatarError): void;
}

export interface SessionOptions extends Omit<PipelineOptions, 'manifest'> {
  readonly engine: MotionEngine;
  readonly renderer: Promise<Renderer>;
  readonly now: () => MonotonicUs;
  readonly events: SessionEvents;
  /** The decoders are free for another session. */
  readonly onClosed?: () => void;
}

type Order = Extract<Output, { type: 'render' }>;

/** One motion or picture that fails is passed over; this many in a row end the session. */
const FAILURES_IN_ROW = 25;

const STALL_US = 15_000;

/** One avatar: the loop around its pipeline, which runs the jobs and feeds back what comes of them. */
export class Session implements Closable {
  readonly bitrate = new BitratePolicy();
  readonly #options: SessionOptions;
  readonly #pipeline: Pipeline;
  readonly #scope = new Scope();
  readonly #motions = new Map<MediaTimeUs, Float32Array>();
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #failures = 0;
  #rank: Rank = 'newcomer';

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#pipeline = new Pipeline({ ...options, manifest: options.engine.manifest }, options.now());
    this.#scope.defer(() => options.onClosed?.());
    this.#scope.defer(() => {
      clearTimeout(this.#timer);
    });
    this.#scope.defer(async () => {
      const renderer = await options.renderer.catch(() => undefined);
      await renderer?.close();
    });
    options.renderer.catch((thrown: unknown) => {
      this.#fail(thrown);
    });
    this.#run();
  }

  /** Whether its pictures go before those of newcomers. */
  get established(): boolean {
    return this.#rank === 'established';
  }

  /** From now on its pictures go before those of newcomers. */
  establish(): void {
    this.#rank = 'established';
    this.holdBack(0);
  }

  /** Sets the least time between two pictures; it holds only while this session is a newcomer. */
  holdBack(intervalUs: number): void {
    this.push({ type: 'held-back', intervalUs: this.established ? 0 : intervalUs });
  }

  get clock(): MediaClock {
    return this.#pipeline.clock;
  }

  get figures(): Pipeline['figures'] {
    return this.#pipeline.figures;
  }

  get speechDelayUs(): number {
    return this.#pipeline.speechDelayUs;
  }

  get soundDelayUs(): number {
    return this.#pipeline.soundDelayUs;
  }

  get speechUs(): number {
    return this.#pipeline.speechUs;
  }

  get spokenUs(): number {
    return this.#pipeline.spokenUs;
  }

  voiceNow(): VoiceMoment {
    return this.#pipeline.voiceNow();
  }

  get talking(): boolean {
    return this.#pipeline.talking;
  }

  push(input: Input): void {
    if (this.#scope.signal.aborted) return;
    try {
      this.#pipeline.push(input, this.#options.now());
    } catch (thrown) {
      // A bug ends this session; the process and the others live.
      this.#fail(thrown);
    }
    this.#run();
  }

  close(): Promise<void> {
    return this.#scope.close();
  }

  /** Does what is due, then sleeps until something is. */
  #run(): void {
    // A job that ends at once pushes from within: the loop below sees what it brought.
    if (this.#running || this.#scope.signal.aborted) return;
    this.#running = true;
    try {
      for (;;) {
        const output = this.#pipeline.poll(this.#options.now());
        if (output.type === 'wait') {
          this.#sleep(output.untilUs);
          return;
        }
        this.#do(output);
      }
    } catch (thrown) {
      this.#fail(thrown);
    } finally {
      this.#running = false;
    }
  }

  #do(output: Exclude<Output, { type: 'wait' }>): void {
    const { events } = this.#options;
    switch (output.type) {
      case 'make-motion':
        void this.#makeMotion(output.job);
        return;
      case 'render':
        void this.#render(output);
        return;
      case 'send-frame': {
        const { frame, late, skewUs, latency } = output;
        const motion = this.#motions.get(frame.timeUs);
        this.#motions.delete(frame.timeUs);
        events.onFrame({ frame, late, skewUs, latency, ...(motion === undefined ? {} : { motion }) });
        return;
      }
      case 'send-sound':
        events.onSound(output.packet);
        return;
      default:
        output satisfies never;
    }
  }

  #sleep(untilUs: MonotonicUs): void {
    clearTimeout(this.#timer);
    const waitMs = Math.max(1, (untilUs - this.#options.now()) / 1000);
    this.#timer = setTimeout(() => {
      // Timers come before sockets: after a stall, packets that are here already must be read before the clock says
      // that they are missing.
      if (this.#options.now() - untilUs > STALL_US)
        setImmediate(() => {
          this.#run();
        });
      else this.#run();
    }, waitMs);
  }

  async #makeMotion(job: Extract<Output, { type: 'make-motion' }>['job']): Promise<void> {
    const startUs = this.#options.now();
    try {
      const [result] = await this.#options.engine.run([job]);
      assert(result !== undefined, 'every job has a result');
      this.#failures = 0;
      this.#options.events.onMotion(this.#options.now() - startUs);
      this.push({ type: 'motion-made', result });
    } catch (thrown) {
      this.#countFailure(thrown);
      this.push({ type: 'motion-failed' });
    }
  }

  async #render(order: Order): Promise<void> {
    const { motion, timeUs, keyframe, framesPerSecond, publish } = order;
    const { bitrateBps } = this.bitrate;
    if (publish) this.#motions.set(timeUs, motion.slice());
    let frame: EncodedFrame | undefined;
    try {
      const renderer = await this.#options.renderer;
      const orderedUs = this.#options.now();
      const rank = this.#rank;
      const rendered = await renderer.render({ motion, timeUs, keyframe, bitrateBps, framesPerSecond, rank });
      this.#failures = 0;
      this.#options.events.onRendered(rendered, this.#options.now() - orderedUs);
      frame = rendered.frame;
    } catch (thrown) {
      this.#countFailure(thrown);
    }
    if (frame === undefined) this.#motions.delete(timeUs);
    this.push({ type: 'rendered', timeUs, frame });
  }

  #countFailure(thrown: unknown): void {
    this.#failures++;
    const crashed = thrown instanceof AvatarError && thrown.code === 'WORKER_CRASHED';
    if (crashed || this.#failures >= FAILURES_IN_ROW) this.#fail(thrown);
  }

  #fail(thrown: unknown): void {
    if (this.#scope.signal.aborted) return;
    const failure =
      thrown instanceof AvatarError ? thrown : new AvatarError('CODEC_FAILED', messageOf(thrown), { cause: thrown });
    this.close().catch(() => undefined);
    this.#options.events.onFailure(failure);
  }
}
