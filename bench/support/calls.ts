import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../src/base/clock.ts';
import type { FrameLatency } from '../../src/media/sync/latency-ledger.ts';
import { OpusDecoder } from '../../src/native/codec/opus-decoder.ts';
import type { Rendered } from '../../src/native/worker/render-pool.ts';
import { Session } from '../../src/peer/session.ts';
import { speechPackets, type Stage } from './stage.ts';

export interface CallsOptions {
  readonly sessions: number;
  readonly framesPerSecond: 25 | 30 | 40;
  readonly seconds: number;
  /** Called once a second of the measurement. */
  readonly onSecond?: (second: number, calls: Calls) => void;
}

/** What was measured since the warm-up. */
export interface Calls {
  readonly sessions: readonly Session[];
  readonly latencies: FrameLatency[];
  readonly rendered: Rendered[];
  readonly motionUs: number[];
  /** Per picture: how much later than the sound of its moment it left, µs. */
  readonly skewUs: number[];
  frames: number;
  late: number;
  skipped: number;
  bytes: number;
  loopMaxMs: number;
  loopP99Ms: number;
}

const WARM_UP_S = 4;

/** Runs whole calls but for the network: each hears the same speech in real time and draws its own avatar. */
export async function runCalls(stage: Stage, options: CallsOptions): Promise<Calls> {
  const packets = await speechPackets(20);
  const calls: Calls = {
    sessions: [],
    latencies: [],
    rendered: [],
    motionUs: [],
    skewUs: [],
    frames: 0,
    late: 0,
    skipped: 0,
    bytes: 0,
    loopMaxMs: 0,
    loopP99Ms: 0,
  };
  const state = { measuring: false };
  const sessions = await Promise.all(
    Array.from({ length: options.sessions }, (_, seed) => openSession(stage, options, seed, calls, state)),
  );
  Object.assign(calls, { sessions });

  const loop = monitorEventLoopDelay({ resolution: 5 });
  const start = performance.now();
  let sent = 0;
  let seconds = 0;
  let skippedBefore = 0;
  const skipped = (): number => sessions.reduce((sum, { figures }) => sum + figures.skippedFrames, 0);
  for (;;) {
    const elapsedS = (performance.now() - start) / 1000 - WARM_UP_S;
    if (elapsedS >= options.seconds) break;
    if (elapsedS >= 0 && !state.measuring) {
      state.measuring = true;
      skippedBefore = skipped();
      loop.enable();
    }
    if (elapsedS >= seconds + 1) options.onSecond?.(++seconds, calls);
    for (; start + sent * 20 < performance.now(); sent++) {
      const data = packets[sent % packets.length] ?? new Uint8Array();
      const packet = { sequenceNumber: sent & 0xffff, rtpTimestamp: (sent * 960) >>> 0, data };
      for (const session of sessions) session.push({ type: 'packet', packet, ssrc: 1 });
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  loop.disable();
  calls.skipped = skipped() - skippedBefore;
  calls.loopMaxMs = loop.max / 1e6;
  calls.loopP99Ms = loop.percentile(99) / 1e6;
  await Promise.all(sessions.map((session) => session.close()));
  return calls;
}

async function openSession(
  stage: Stage,
  { framesPerSecond }: CallsOptions,
  seed: number,
  calls: Calls,
  state: { readonly measuring: boolean },
): Promise<Session> {
  const renderer = stage.renderers.open({
    avatar: stage.avatar,
    decoder: { sizePx: 512, background: 'portrait', badge: true, seed },
    bitrateBps: 1_000_000,
    framesPerSecond,
  });
  await renderer;
  const [microphone, voice] = await Promise.all([OpusDecoder.open(), OpusDecoder.open()]);
  const soundLeftUs = new Map<number, number>();
  const session = new Session({
    engine: stage.engine,
    renderer,
    seed,
    framesPerSecond,
    microphone,
    voice,
    now: () => systemClock.now(),
    events: {
      onFrame: ({ frame, late, latency }) => {
        if (!state.measuring) return;
        calls.frames++;
        calls.bytes += frame.data.length;
        if (late) calls.late++;
        calls.latencies.push(latency);
        // The packet that holds the picture's moment, and how far into it the moment is.
        const startUs = Math.floor(frame.timeUs / 20_000) * 20_000;
        const leftUs = soundLeftUs.get(startUs);
        if (leftUs !== undefined) calls.skewUs.push(systemClock.now() - leftUs - (frame.timeUs - startUs));
        for (const each of soundLeftUs.keys()) if (each < startUs - 1_000_000) soundLeftUs.delete(each);
      },
      onSound: ({ startUs }) => soundLeftUs.set(Math.round(startUs / 20_000) * 20_000, systemClock.now()),
      onRendered: (each) => state.measuring && calls.rendered.push(each),
      onMotion: (us) => state.measuring && calls.motionUs.push(us),
      onFailure: (failure) => {
        throw failure;
      },
    },
    onClosed: () => {
      microphone.close();
      voice.close();
    },
  });
  session.push({ type: 'viewers', count: 1 });
  return session;
}
