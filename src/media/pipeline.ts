import { BoundedQueue } from '../base/bounded-queue.ts';
import { assert } from '../base/errors.ts';
import type { AudioPacket, EncodedFrame } from '../base/media.ts';
import { advance, mediaTimeUs, type MediaTimeUs, type MonotonicUs } from '../base/timeline.ts';
import { SoundTrack, type Heard, type SoundDecoder, type SoundEncoder, type SoundPacket } from './audio/sound-track.ts';
import type { ControlMessage } from '../../protocol/control.ts';
import { MOTION_DIMS } from './motion-space.ts';
import { MotionStream } from './motion-stream.ts';
import type { MotionManifest } from './motion/manifest.ts';
import { FloorKeeper } from './motion/floor-keeper.ts';
import type { OtherVoice } from './motion/listening-play.ts';
import type { MotionJob, MotionResult } from './motion/motion-job.ts';
import { FramePacer, type FrameRate } from './sync/frame-pacer.ts';
import { LatencyLedger, type FrameLatency } from './sync/latency-ledger.ts';
import { MediaClock } from './sync/media-clock.ts';
import { Playout } from './sync/playout.ts';
import { KeyframePolicy } from './video/keyframes.ts';
import type { VoiceMoment } from './voice-moment.ts';

export interface PipelineOptions {
  readonly manifest: MotionManifest;
  readonly seed: number;
  readonly framesPerSecond: FrameRate;
  readonly microphone: SoundDecoder;
  /** Decodes typed speech. */
  readonly voice: SoundDecoder;
  /** Puts the microphone, lowered, under typed speech. */
  readonly mixer?: SoundEncoder;
}

/** What happened. */
export type Input =
  | { readonly type: 'packet'; readonly packet: AudioPacket; readonly ssrc: number }
  | { readonly type: 'control'; readonly message: ControlMessage }
  | { readonly type: 'speech'; readonly packets: readonly Uint8Array[] }
  | { readonly type: 'stop-speech' }
  | { readonly type: 'motion-made'; readonly result: MotionResult }
  | { readonly type: 'motion-failed' }
  | { readonly type: 'rendered'; readonly timeUs: MediaTimeUs; readonly frame: EncodedFrame | undefined }
  /** Somebody else of the room is heard. */
  | { readonly type: 'other-heard'; readonly participantId: string; readonly other: OtherVoice }
  | { readonly type: 'keyframe-request' }
  /** How many watch; a picture is made for nobody only now and then, and stands alone. */
  | { readonly type: 'viewers'; readonly count: number }
  /** At least so much time between two pictures, for as long as others go first; 0 is no limit. */
  | { readonly type: 'held-back'; readonly intervalUs: number }
  /** The rate that those who watch need at least, while any of them does. */
  | { readonly type: 'favoured-rate'; readonly framesPerSecond: FrameRate | undefined };

/** What to do next. */
export type Output =
  | { readonly type: 'make-motion'; readonly job: MotionJob }
  | {
      readonly type: 'render';
      /** `[MOTION_DIMS]`, the pipeline's own until `rendered`. */
      readonly motion: Float32Array;
      readonly timeUs: MediaTimeUs;
      readonly keyframe: boolean;
      readonly framesPerSecond: FrameRate;
      /** Whether the caller asked for each frame's coefficients. */
      readonly publish: boolean;
    }
  | {
      readonly type: 'send-frame';
      readonly frame: EncodedFrame;
      readonly late: boolean;
      /** How much later than the sound of its moment it leaves. */
      readonly skewUs: number;
      readonly latency: FrameLatency;
    }
  | { readonly type: 'send-sound'; readonly packet: SoundPacket }
  | { readonly type: 'wait'; readonly untilUs: MonotonicUs };

/** The networks hear this much silence before media time begins to matter, so that the first picture need not wait. */
const PRELUDE_US = 200_000;
/** One is drawn while the next is on its way to the thread. */
const RENDERS_UNDER_WAY = 2;
/** After this long without a picture, an old expression is better than none: a freeze is seen from 200 ms on. */
const STALE_US = 120_000;
/** Motion that takes longer than this past its moment is given up, and plausible motion stands in. */
const MOTION_OVERDUE_US = 250_000;
/**
 * Motion comes a hop at a time, so a frame or two wait for the renderer; more are a backlog, and waiting it out would make
 * every picture later.
 */
const BACKLOG_US = 80_000;
/** As far behind as motion may fall. */
const HOPS_WAITING = 3;
const KEYFRAME_REST_US = 150_000;
/** Whoever comes sees the newest picture at once, and a second later nobody remembers it. */
const VIEWERLESS_INTERVAL_US = 1_000_000;
/** Nothing sleeps longer than this, so that a rule that no event wakes still works. */
const NAP_US = 10_000;
/** Three packets of 20 ms in case one is lost: after the first a decoder is silent. */
const SILENT_PACKETS = 3;
/** 20 ms of mono silence: CELT, full band, one frame (RFC 6716, 3.1), whose first bit says that it is silent (4.3). */
export const OPUS_SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
const PLAYOUT = { initialDelayUs: 150_000, leastDelayUs: 60_000, mostDelayUs: 350_000 };

/**
 * One avatar's media, without clock, thread or socket: events go in with their time, and `poll` says what to do next
 * until there is nothing but to wait. One timeline serves idle, listening and speaking.
 */
export class Pipeline {
  readonly #sound: SoundTrack;
  readonly #motion: MotionStream;
  readonly #pacer: FramePacer;
  readonly #clock: MediaClock;
  readonly #playout = new Playout(PLAYOUT);
  readonly #ledger = new LatencyLedger();
  readonly #keyframes = new KeyframePolicy(KEYFRAME_REST_US);
  readonly #soundOut = new BoundedQueue<SoundPacket>('sound-out', 256, 'drop-oldest');
  readonly #framesOut = new BoundedQueue<EncodedFrame>('frames-out', 16, 'drop-oldest');
  readonly #targets = Array.from({ length: RENDERS_UNDER_WAY + 1 }, () => new Float32Array(MOTION_DIMS));
  readonly #underWay: { readonly timeUs: MediaTimeUs; readonly keyframe: boolean; readonly orderedUs: MonotonicUs }[] =
    [];
  readonly #floor = new FloorKeeper();
  #renderUs = 0;
  #motionUnderWay = false;
  #publish = false;
  #spokenUs = 0;
  #viewers = 0;
  #heldBackUs = 0;
  #lastRenderUs: MonotonicUs | undefined;
  #renders = 0;
  #rateChanges = 0;

  constructor(options: PipelineOptions, now: MonotonicUs) {
    this.#sound = new SoundTrack(options.microphone, options.voice, options.mixer);
    this.#motion = new MotionStream({ manifest: options.manifest, seed: options.seed });
    this.#pacer = new FramePacer(options.framesPerSecond);
    this.#clock = new MediaClock(mediaTimeUs(PRELUDE_US), now);
    this.#take(this.#sound.fill(mediaTimeUs(PRELUDE_US), now));
  }

  get clock(): MediaClock {
    return this.#clock;
  }

  /** How long until speech that is given now leaves for the listeners. */
  get speechDelayUs(): number {
    return this.#sound.speechUs + this.#playout.soundDelayUs;
  }

  /** What sound waits for its picture. */
  get soundDelayUs(): number {
    return this.#playout.soundDelayUs;
  }

  /** How much speech is still to be spoken. */
  get speechUs(): number {
    return this.#sound.speechUs;
  }

  /** How much queued speech has left for the listeners since the session began; what was stopped before is not in it. */
  get spokenUs(): number {
    return this.#spokenUs;
  }

  /** How the own voice sounds now, for the avatars that listen; asking takes the newest stress with it. */
  voiceNow(): VoiceMoment {
    return this.#motion.voiceNow();
  }

  get talking(): boolean {
    return this.#sound.talking;
  }

  /** For metrics; counts never fall. */
  get figures() {
    const { counts } = this.#sound;
    return {
      ...counts,
      ...this.#motion.counts,
      skippedFrames: this.#pacer.skipped,
      missedShare: this.#pacer.missedShare,
      framesPerSecond: this.#pacer.framesPerSecond,
      rateChanges: this.#rateChanges,
      delayUs: this.#playout.delayUs,
      soundWaiting: this.#soundOut.depth,
      droppedSound: this.#soundOut.dropped,
      droppedFrames: this.#framesOut.dropped,
    };
  }

  push(input: Input, now: MonotonicUs): void {
    switch (input.type) {
      case 'packet':
        this.#take(this.#sound.push(input.packet, input.ssrc, now));
        return;
      case 'control':
        this.#control(input.message, now);
        return;
      case 'speech':
        this.#sound.speak(input.packets);
        return;
      case 'stop-speech':
        this.#silence(() => this.#sound.stopSpeaking(), now);
        return;
      case 'motion-made':
        this.#motionUnderWay = false;
        this.#motion.accept(input.result);
        this.#ledger.made(this.#motion.newestUs, now);
        return;
      case 'motion-failed':
        this.#motionUnderWay = false;
        this.#motion.fail();
        return;
      case 'rendered':
        this.#rendered(input.timeUs, input.frame, now);
        return;
      case 'other-heard':
        this.#hearOther(input.participantId, input.other, now);
        return;
      case 'keyframe-request':
        this.#keyframes.request();
        return;
      case 'viewers':
        this.#viewers = input.count;
        return;
      case 'held-back':
        this.#heldBackUs = input.intervalUs;
        return;
      case 'favoured-rate':
        this.#pacer.favour(input.framesPerSecond);
        return;
      default:
        input satisfies never;
    }
  }

  /** @returns one thing to do; call again until it says to wait. */
  poll(now: MonotonicUs): Output {
    this.#take(this.#sound.fill(this.#clock.at(now), now));
    return (
      this.#dueSound(now) ?? this.#dueFrame(now) ?? this.#dueMotion(now) ?? this.#dueRender(now) ?? this.#wait(now)
    );
  }

  #take({ samples, packets, arrivals }: Heard): void {
    for (const span of samples) this.#motion.push(span);
    for (const packet of packets) this.#soundOut.push(packet);
    for (const arrival of arrivals) {
      this.#clock.observe(arrival.endUs, arrival.arrivedUs);
      this.#ledger.arrived(arrival);
    }
  }

  #control(message: ControlMessage, now: MonotonicUs): void {
    if (message.type === 'interrupt') {
      this.#silence(() => {
        this.#sound.interrupt();
      }, now);
      return;
    }
    if (message.type === 'frame-rate') this.#pacer.ask(message.framesPerSecond);
    else if (message.type === 'coefficients') this.#publish = message.active;
    else if (message.type === 'mute') this.#mute(message.active);
    else if (message.type === 'resume') this.#sound.resume();
    this.#motion.control(message, this.#presentUs(now));
  }

  #hearOther(participantId: string, other: OtherVoice, now: MonotonicUs): void {
    if (this.#floor.hears(participantId, other)) this.#motion.hear(other, this.#clock.at(now));
  }

  #mute(active: boolean): void {
    this.#sound.mute(active);
    if (active) this.#soundOut.clear();
  }

  /** What was said but not yet heard is never heard. */
  #silence(stop: () => void, now: MonotonicUs): void {
    stop();
    const unheard = Array.from({ length: SILENT_PACKETS }, () => this.#soundOut.shift());
    this.#soundOut.clear();
    // A decoder that gets nothing more makes up how the sound may have gone on.
    for (const packet of unheard) {
      if (packet !== undefined) this.#soundOut.push({ ...packet, data: OPUS_SILENCE, speechUs: 0 });
    }
    this.#motion.control({ type: 'interrupt' }, this.#presentUs(now));
  }

  /** What is on the screen now: controls ease from there, not from what is being made for later. */
  #presentUs(now: MonotonicUs): MediaTimeUs {
    return advance(this.#clock.at(now), -this.#playout.delayUs);
  }

  #dueSound(now: MonotonicUs): Output | undefined {
    const packet = this.#soundOut.peek();
    if (packet === undefined || this.#playout.soundDue(packet.startUs, this.#clock) > now) return undefined;
    this.#soundOut.shift();
    this.#spokenUs += packet.speechUs;
    return { type: 'send-sound', packet };
  }

  #dueFrame(now: MonotonicUs): Output | undefined {
    const frame = this.#framesOut.peek();
    if (frame === undefined) return undefined;
    const dueUs = this.#playout.due(frame.timeUs, this.#clock);
    if (dueUs > now && this.#viewers > 0) return undefined;
    this.#framesOut.shift();
    const late = now - dueUs > this.#pacer.intervalUs / 2;
    if (this.#pacer.sent(late && this.#viewers > 0, now)) this.#rateChanges++;
    const skewUs = Math.max(0, now - dueUs);
    return { type: 'send-frame', frame, late, skewUs, latency: this.#ledger.sent(frame.timeUs, now) };
  }

  #dueMotion(now: MonotonicUs): Output | undefined {
    if (this.#motionUnderWay) {
      const overdueUs = now - this.#playout.due(this.#motion.newestUs, this.#clock);
      if (overdueUs > MOTION_OVERDUE_US) this.#motion.skip();
      return undefined;
    }
    // One run hears the sound of all hops that were given up before it, so skipping is how a slow network catches up.
    while (this.#motion.waitingHops > HOPS_WAITING) this.#motion.skip();
    const job = this.#motion.due();
    if (job === undefined) return undefined;
    this.#motionUnderWay = true;
    return { type: 'make-motion', job };
  }

  #dueRender(now: MonotonicUs): Output | undefined {
    if (this.#underWay.length >= this.#rendersAllowed) return undefined;
    const elapsedUs = now - (this.#lastRenderUs ?? -Infinity);
    if (elapsedUs < (this.#viewers === 0 ? VIEWERLESS_INTERVAL_US : this.#heldBackUs)) return undefined;
    this.#skipMissed(now);

    const target = this.#targets[this.#renders % this.#targets.length]!;
    const made = this.#motion.motionAt(this.#pacer.nextUs, target);
    const stale = elapsedUs > STALE_US && this.#playout.due(this.#pacer.nextUs, this.#clock) <= now;
    if (!made && !(stale && this.#lastRenderUs !== undefined)) return undefined;
    this.#renders++;
    this.#lastRenderUs = now;
    const timeUs = this.#pacer.take();
    const keyframe = this.#keyframes.take(now) || this.#viewers === 0;
    this.#underWay.push({ timeUs, keyframe, orderedUs: now });
    const { framesPerSecond } = this.#pacer;
    return { type: 'render', motion: target, timeUs, keyframe, framesPerSecond, publish: this.#publish };
  }

  /** A second order only waits behind the first where the renderer is slow, and grows old there. */
  get #rendersAllowed(): number {
    return this.#viewers === 0 || this.#renderUs > this.#pacer.intervalUs ? 1 : RENDERS_UNDER_WAY;
  }

  /** Frames first, then the rate: what cannot leave in time, or waits behind fresher motion, is not drawn. */
  #skipMissed(now: MonotonicUs): void {
    const newestUs = this.#motion.newestUs;
    const freshestUs = mediaTimeUs(Math.max(Math.min(this.#presentUs(now), newestUs), newestUs - BACKLOG_US));
    if (this.#viewers === 0) this.#pacer.startAt(mediaTimeUs(Math.max(this.#pacer.nextUs, freshestUs)));
    else this.#pacer.skipTo(freshestUs);
  }

  #rendered(timeUs: MediaTimeUs, frame: EncodedFrame | undefined, now: MonotonicUs): void {
    const order = this.#underWay.shift();
    assert(order?.timeUs === timeUs, 'pictures come back in the order they were asked for');
    this.#renderUs = now - order.orderedUs;
    if (frame === undefined) {
      if (order.keyframe) this.#keyframes.failed();
      return;
    }
    this.#ledger.drawn(timeUs, now);
    if (this.#viewers > 0) this.#playout.observe(timeUs, now, this.#clock);
    this.#framesOut.push(frame);
  }

  #wait(now: MonotonicUs): Output {
    const sound = this.#soundOut.peek();
    const frame = this.#framesOut.peek();
    const dues = [
      ...(sound === undefined ? [] : [this.#playout.soundDue(sound.startUs, this.#clock)]),
      ...(frame === undefined ? [] : [this.#playout.due(frame.timeUs, this.#clock)]),
    ];
    return { type: 'wait', untilUs: Math.min(advance(now, NAP_US), ...dues) as MonotonicUs };
  }
}
