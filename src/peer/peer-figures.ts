import { DURATION_BOUNDS_S, type Meter } from '../base/meter.ts';
import type { EncodedFrame } from '../base/media.ts';
import { US_PER_S } from '../base/timeline.ts';
import type { FrameLatency } from '../media/sync/latency-ledger.ts';
import type { Rendered } from '../native/worker/render-pool.ts';

const LATENCY_BOUNDS_S = [0.06, 0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.25, 0.3, 0.4, 0.6, 1] as const;
const CONNECT_BOUNDS_S = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10] as const;
const SKEW_BOUNDS_S = [0.002, 0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.2, 0.5] as const;
const SHARE_BOUNDS = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5] as const;
const BITRATE_BOUNDS = [150e3, 300e3, 500e3, 750e3, 1e6, 1.5e6, 2e6, 2.5e6] as const;

/** The figures of all visitors together, named by stage. */
export class PeerFigures {
  readonly #meter: Meter;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  sessions(active: number, capacity: number, rooms: number): void {
    this.#meter.gauge('avatar_sessions', 'Avatars that are live').set(active);
    this.#meter.gauge('avatar_sessions_capacity', 'Avatars that may be live at once').set(capacity);
    this.#meter.gauge('avatar_rooms', 'Rooms with somebody in them').set(rooms);
  }

  connected(connectUs: number): void {
    this.#meter
      .histogram('avatar_connect_duration_seconds', 'From an offer until its first picture leaves', CONNECT_BOUNDS_S)
      .observe(connectUs / US_PER_S);
  }

  ended(reason: string): void {
    this.#meter.counter('avatar_sessions_ended_total', 'Avatars that ended, by reason').add(1, { reason });
  }

  motion(computeUs: number): void {
    this.#duration('motion', 'From a motion job until its result', computeUs);
  }

  rendered({ drawUs, encodeUs }: Rendered): void {
    this.#duration('render', 'Drawing one picture', drawUs);
    this.#duration('video', 'Encoding one picture', encodeUs);
  }

  frame({ keyframe, data }: EncodedFrame, late: boolean, latency: FrameLatency): void {
    const kind = keyframe ? 'key' : 'delta';
    this.#meter.counter('avatar_video_frames_total', 'Pictures that left, by kind').add(1, { kind });
    this.#meter.counter('avatar_video_bytes_total', 'Bytes of pictures that left').add(data.length);
    if (late) this.#meter.counter('avatar_sync_late_frames_total', 'Pictures that left after their moment').add(1);
    const parts = { total: latency.totalUs, motion: latency.motionUs, render: latency.renderUs, wait: latency.waitUs };
    const histogram = this.#meter.histogram(
      'avatar_sync_latency_seconds',
      'From the arrival of a sound until its picture left, and the parts of it',
      LATENCY_BOUNDS_S,
    );
    for (const [part, us] of Object.entries(parts)) if (us !== undefined) histogram.observe(us / US_PER_S, { part });
  }

  /** @param counts - of one session since it was asked last. */
  session(counts: Readonly<Record<string, number>>): void {
    for (const [what, count] of Object.entries(counts)) {
      if (count > 0)
        this.#meter.counter('avatar_weather_total', 'Loss, lateness and rubbish, by kind').add(count, { what });
    }
  }

  /** @param counts - datagrams and messages of one page that were not taken, by kind. */
  dropped(counts: Readonly<Record<string, number>>): void {
    const counter = this.#meter.counter(
      'avatar_rtc_dropped_total',
      'What pages or strangers sent and nobody read, by kind',
    );
    for (const [what, count] of Object.entries(counts)) counter.add(count, { what });
  }

  fault(): void {
    this.#meter.counter('avatar_rtc_faults_total', 'Connections that ended by a failure of ours').add(1);
  }

  /** @param delayUs - what sound and picture wait for each other. */
  sync(delayUs: number, missedShare: number, framesPerSecond: number): void {
    const rates = this.#meter.histogram('avatar_sync_frame_rate', 'Frame rates that sessions have', [25, 30, 40]);
    rates.observe(framesPerSecond);
    this.#meter
      .histogram('avatar_sync_delay_seconds', 'Delay of sound and picture', LATENCY_BOUNDS_S)
      .observe(delayUs / US_PER_S);
    this.#meter
      .histogram('avatar_sync_missed_share', 'Share of pictures late or skipped', SHARE_BOUNDS)
      .observe(missedShare);
  }

  bitrate(bitrateBps: number): void {
    this.#meter
      .histogram('avatar_video_bitrate_bps', 'Bitrates that encoders aim at', BITRATE_BOUNDS)
      .observe(bitrateBps);
  }

  loss(share: number): void {
    this.#meter.histogram('avatar_video_loss_share', 'Loss that pages report', SHARE_BOUNDS).observe(share);
  }

  /** @param skewUs - how much later than the sound of its moment a picture left. */
  skew(skewUs: number): void {
    this.#meter
      .histogram('avatar_sync_skew_seconds', 'Lip-sync error as it leaves: picture after its sound', SKEW_BOUNDS_S)
      .observe(skewUs / US_PER_S);
  }

  depth(queue: string, depth: number): void {
    this.#meter.gauge('avatar_queue_depth', 'What waits, by queue').set(depth, { queue });
  }

  #duration(stage: string, help: string, us: number): void {
    this.#meter.histogram(`avatar_${stage}_duration_seconds`, help, DURATION_BOUNDS_S).observe(us / US_PER_S);
  }
}
