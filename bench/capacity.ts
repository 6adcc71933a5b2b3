/**
 * How many live sessions this machine carries: sessions are added until more than one frame in a hundred is late or
 * skipped. The network is not in it; a connection costs another 3 to 5 % of a core.
 *
 *   npm run build && node dist/bench/capacity.js [--seconds 15] [--rate 25] [--most 8] [--threads 2]
 */
import { parseArgs } from 'node:util';
import { runCalls } from './support/calls.ts';
import { openStage, quantileMs } from './support/stage.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    rate: { type: 'string', default: '25' },
    most: { type: 'string', default: '8' },
    threads: { type: 'string', default: '2' },
  },
});
const framesPerSecond = Number(values.rate) as 25 | 30 | 40;
const seconds = Number(values.seconds);
const stage = await openStage(Number(values.threads));
const rows = [];
for (let sessions = 1; sessions <= Number(values.most); sessions++) {
  const before = process.cpuUsage();
  const calls = await runCalls(stage, { sessions, framesPerSecond, seconds });
  const { user, system } = process.cpuUsage(before);
  const totals = calls.latencies.flatMap(({ totalUs }) => totalUs ?? []);
  const missed = (calls.late + calls.skipped) / Math.max(1, calls.frames + calls.skipped);
  rows.push({
    sessions,
    'late or skipped %': Math.round(missed * 1000) / 10,
    'latency p50 ms': quantileMs(totals, 0.5),
    'latency p99 ms': quantileMs(totals, 0.99),
    // The warm-up is in the CPU time too.
    'cores used': Math.round((user + system) / 1e4 / (seconds + 4)) / 100,
    'loop max ms': Math.round(calls.loopMaxMs),
    'rss MB': Math.round(process.memoryUsage.rss() / 1e6),
  });
  if (missed > 0.01) break;
}
console.log(`Sessions at ${framesPerSecond} frames/s, ${seconds} s each, ${values.threads} render threads`);
console.table(rows);
await stage.close();
