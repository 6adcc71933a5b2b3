/**
 * From a sound's arrival at the server until its picture leaves, part by part, as sessions are added. Everything runs
 * but the network: decoding, features, motion, drawing, encoding and their threads.
 *
 *   npm run build && nice node dist/bench/latency.js [--seconds 20] [--rate 25] [--sessions 1]
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import type { FrameLatency } from '../src/media/sync/latency-ledger.ts';
import { OpusDecoder } from '../src/native/codec/opus-decoder.ts';
import type { Rendered } from '../src/native/worker/render-pool.ts';
import { Session } from '../src/peer/session.ts';
import { openStage, quantile, speechPackets } from './support/stage.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '25' },
    sessions: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
  },
});
const framesPerSecond = Number(values.rate) as 25 | 30 | 40;
const seconds = Number(values.seconds);
const stage = await openStage(Number(values.threads));
const packets = await speechPackets(20);
const latencies: FrameLatency[] = [];
const rendered: Rendered[] = [];
let late = 0;
let bytes = 0;
let measuring = false;
let motionUs: number[] = [];

const sessions = await Promise.all(
  Array.from({ length: Number(values.sessions) }, async (_, seed) => {
    const renderer = stage.renderers.open({
      avatar: stage.avatar,
      decoder: { sizePx: 512, background: 'portrait', badge: true, seed },
      bitrateBps: 1_000_000,
      framesPerSecond,
    });
    await renderer;
    const [microphone, voice] = await Promise.all([OpusDecoder.open(), OpusDecoder.open()]);
    const session = new Session({
      engine: stage.engine,
      renderer,
      seed,
      framesPerSecond,
      microphone,
      voice,
      now: () => systemClock.now(),
      events: {
        onFrame: ({ frame, late: isLate, latency }) => {
          if (!measuring) return;
          latencies.push(latency);
          bytes += frame.data.length;
          if (isLate) late++;
        },
        onSound: () => undefined,
        onRendered: (each) => measuring && rendered.push(each),
        onMotion: (us) => measuring && motionUs.push(us),
        onFailure: (failure) => {
          throw failure;
        },
      },
    });
    session.push({ type: 'viewers', count: 1 });
    return session;
  }),
);

const loop = monitorEventLoopDelay({ resolution: 5 });
let sent = 0;
const start = performance.now();
const WARM_UP_S = 3;
while (performance.now() - start < (seconds + WARM_UP_S) * 1000) {
  if (!measuring && performance.now() - start > WARM_UP_S * 1000) {
    measuring = true;
    motionUs = [];
    loop.enable();
  }
  while (start + sent * 20 < performance.now()) {
    const packet = {
      sequenceNumber: sent & 0xffff,
      rtpTimestamp: (sent * 960) >>> 0,
      data: packets[sent % 1000] ?? packets[0]!,
    };
    for (const session of sessions) session.push({ type: 'packet', packet, ssrc: 1 });
    sent++;
  }
  await new Promise((resolve) => setTimeout(resolve, 2));
}
loop.disable();

const ms = (us: readonly number[], q: number): number => Math.round(quantile(us, q) / 100) / 10;
const row = (part: string, us: readonly (number | undefined)[]) => {
  const known = us.filter((each) => each !== undefined);
  return { part, frames: known.length, 'p50 ms': ms(known, 0.5), 'p95 ms': ms(known, 0.95), 'p99 ms': ms(known, 0.99) };
};
console.log(
  `${sessions.length} sessions at ${framesPerSecond} frames/s, ${seconds} s, ${values.threads} render threads`,
);
console.table([
  row(
    'sound arrives -> picture leaves',
    latencies.map(({ totalUs }) => totalUs),
  ),
  row(
    '  until its motion is made',
    latencies.map(({ motionUs: each }) => each),
  ),
  row(
    '  until its picture is encoded',
    latencies.map(({ renderUs }) => renderUs),
  ),
  row(
    '  until its moment',
    latencies.map(({ waitUs }) => waitUs),
  ),
  row('motion job, waiting included', motionUs),
  row(
    'drawing',
    rendered.map(({ drawUs }) => drawUs),
  ),
  row(
    'encoding',
    rendered.map(({ encodeUs }) => encodeUs),
  ),
]);
const expected = sessions.length * seconds * framesPerSecond;
const { skippedFrames, skippedHops, rateChanges } = sessions
  .map(({ figures }) => figures)
  .reduce((a, b) => ({
    ...a,
    skippedFrames: a.skippedFrames + b.skippedFrames,
    skippedHops: a.skippedHops + b.skippedHops,
    rateChanges: a.rateChanges + b.rateChanges,
  }));
console.table([
  {
    frames: latencies.length,
    expected,
    late,
    skippedFrames,
    skippedHops,
    rateChanges,
    'delay ms': Math.round((sessions[0]?.figures.delayUs ?? 0) / 1000),
    'kbit/s': Math.round((bytes * 8) / 1000 / seconds / sessions.length),
    'loop max ms': Math.round(loop.max / 1e5) / 10,
    'loop p99 ms': Math.round(loop.percentile(99) / 1e5) / 10,
  },
]);
await Promise.all(sessions.map((session) => session.close()));
await stage.close();
