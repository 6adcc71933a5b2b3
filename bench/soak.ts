/**
 * One call for a long time, then many that come and go: memory, and whether sound and picture stay together.
 *
 *   npm run build && node --expose-gc dist/bench/soak.js [--minutes 30] [--visitors 200]
 */
import { parseArgs } from 'node:util';
import { runCalls, type Calls } from './support/calls.ts';
import { openStage, quantileMs } from './support/stage.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, visitors: { type: 'string', default: '200' } },
});
const stage = await openStage(2);
const rows: Record<string, number | string>[] = [];

function note(when: string, calls?: Calls): void {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
  const skew = calls?.skewUs.splice(0) ?? [];
  calls?.latencies.splice(0);
  calls?.rendered.splice(0);
  calls?.motionUs.splice(0);
  rows.push({
    when,
    'rss MB': megabytes(rss),
    'heap MB': megabytes(heapUsed),
    'external MB': megabytes(external),
    frames: calls?.frames ?? 0,
    late: calls?.late ?? 0,
    'picture after sound p50 ms': quantileMs(skew, 0.5),
    'p95 ms': quantileMs(skew, 0.95),
    sockets: process.getActiveResourcesInfo().length,
  });
}

note('before');
const seconds = Number(values.minutes) * 60;
await runCalls(stage, {
  sessions: 1,
  framesPerSecond: 25,
  seconds,
  onSecond: (second, calls) => {
    if (second === 10 || second % 60 === 0) note(`${second} s`, calls);
  },
});
note('call over');
for (let visitor = 1; visitor <= Number(values.visitors); visitor++) {
  const renderer = await stage.renderers.open({
    avatar: stage.avatar,
    decoder: { sizePx: 512, background: 'portrait', badge: true, seed: visitor },
    bitrateBps: 1_000_000,
    framesPerSecond: 25,
  });
  await renderer.close();
  if (visitor === 10 || visitor % 50 === 0) note(`visitor ${visitor}`);
}
console.table(rows);
await stage.close();
