/**
 * From a sound's arrival at the server until its picture leaves, part by part. Everything runs but the network:
 * decoding, features, motion, drawing, encoding and their threads.
 *
 *   npm run build && node dist/bench/latency.js [--seconds 20] [--rate 25] [--sessions 1] [--threads 2]
 */
import { parseArgs } from 'node:util';
import { runCalls } from './support/calls.ts';
import { openStage, quantileMs } from './support/stage.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '25' },
    sessions: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
  },
});
const framesPerSecond = Number(values.rate) as 25 | 30 | 40;
const [seconds, sessions] = [Number(values.seconds), Number(values.sessions)];
const stage = await openStage(Number(values.threads));
const calls = await runCalls(stage, { sessions, framesPerSecond, seconds });

const row = (part: string, us: readonly (number | undefined)[]) => {
  const known = us.filter((each) => each !== undefined);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantileMs(known, q));
  return { part, times: known.length, 'p50 ms': p50, 'p95 ms': p95, 'p99 ms': p99 };
};
console.log(`${sessions} sessions at ${framesPerSecond} frames/s, ${seconds} s, ${values.threads} render threads`);
console.table([
  row(
    'sound arrives -> picture leaves',
    calls.latencies.map(({ totalUs }) => totalUs),
  ),
  row(
    '  until its motion is made',
    calls.latencies.map(({ motionUs }) => motionUs),
  ),
  row(
    '  until its picture is encoded',
    calls.latencies.map(({ renderUs }) => renderUs),
  ),
  row(
    '  until its moment',
    calls.latencies.map(({ waitUs }) => waitUs),
  ),
  row('motion job, waiting included', calls.motionUs),
  row(
    'drawing',
    calls.rendered.map(({ drawUs }) => drawUs),
  ),
  row(
    'encoding',
    calls.rendered.map(({ encodeUs }) => encodeUs),
  ),
  row('picture after its sound', calls.skewUs),
]);
console.table([
  {
    frames: calls.frames,
    expected: sessions * seconds * framesPerSecond,
    late: calls.late,
    skipped: calls.skipped,
    'delay ms': Math.round((calls.sessions[0]?.figures.delayUs ?? 0) / 1000),
    'kbit/s': Math.round((calls.bytes * 8) / 1000 / seconds / sessions),
    'loop p99 ms': Math.round(calls.loopP99Ms * 10) / 10,
    'loop max ms': Math.round(calls.loopMaxMs * 10) / 10,
  },
]);
await stage.close();
