/**
 * Hostile visitors beside one call: two hundred a minute send rubbish to every door of the server, join by halves and vanish,
 * and a call between two other people must not notice. Goals: no picture later than 200 ms, no sound missing, memory flat.
 *
 *   npm run build && node dist/bench/hostile.js [--minutes 10] [--per-minute 200] [--seed 1] [--capacity 5]
 *   node dist/bench/hostile.js --datagrams 1000000 [--per-second 10000]
 *
 * The attackers fill every place that the server gives (VISAVIS_CAPACITY, two and a half for a core), and share the machine with
 * it: on a small machine, `--capacity` leaves them something. With `--datagrams` there is one attacker instead, who sends that many mutated datagrams to each parser behind the UDP ports.
 * Ends with 1 when a goal is missed.
 */
import { parseArgs } from 'node:util';
import { Attacker, type AttackerOrders } from './support/attacker.ts';
import { Bystanders, LONGEST_GAP_MS } from './support/bystanders.ts';
import { InspectedServer } from './support/inspected-server.ts';
import { Verdict } from './support/verdict.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    'per-minute': { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    capacity: { type: 'string' },
    datagrams: { type: 'string' },
    'per-second': { type: 'string', default: '10000' },
  },
});
const PORTRAIT = 'astronaut';
/** The first visitors fill caches and pools of buffers: memory counts from here on. */
const WARM_UP_MS = 60_000;
/** Places of those who vanished are given back by then. */
const SETTLE_MS = 25_000;

await using server = await InspectedServer.start(
  values.capacity === undefined ? {} : { VISAVIS_CAPACITY: values.capacity },
);
const listed = (await fetch(`${server.url}/api/portraits`).then((response) => response.json())) as {
  readonly portraits: readonly { readonly id: string }[];
};
const portraits = listed.portraits.map(({ id }) => id);
const target = { url: server.url, signalingUrl: server.signalingUrl, portraits };
const seed = Number(values.seed);
const orders: AttackerOrders =
  values.datagrams === undefined
    ? { type: 'visitors', target, seed, perMinute: Number(values['per-minute']) }
    : { type: 'datagrams', target, seed, each: Number(values.datagrams), perSecond: Number(values['per-second']) };

const pause = (ms: number): Promise<void> => new Promise((later) => setTimeout(later, ms));
const call = await Bystanders.join(server, PORTRAIT);
await pause(5000);
const quiet = await observe('alone', 10_000);

// Memory is compared between two moments with the same people: the call, and nobody else.
const warmUp = new Attacker({ ...orders, ...(orders.type === 'datagrams' ? { each: 20_000 } : {}) });
await (orders.type === 'datagrams' ? warmUp.finished : pause(WARM_UP_MS));
await warmUp.stop();
await pause(SETTLE_MS);
const before = await server.holdings();

call.start();
const startMs = performance.now();
const attacker = new Attacker({ ...orders, seed: seed + 1 });
const rows: Record<string, string | number>[] = [quiet];
const timer = setInterval(() => {
  rows.push(row(`${Math.round((performance.now() - startMs) / 1000)} s`));
}, 60_000);
await (orders.type === 'datagrams' ? attacker.finished : pause(Number(values.minutes) * 60_000));
const report = await attacker.stop();
clearInterval(timer);
const result = call.report();
rows.push(row('end'));
await pause(SETTLE_MS);
const after = server.isRunning ? await server.holdings() : undefined;
const figures = server.isRunning ? await server.figures('avatar_rtc_dropped_total', 'avatar_rtc_faults_total') : {};

console.table(rows);
console.table(
  Object.entries(report.sent).map(([attack, sent]) => ({ attack, sent, refused: report.refused[attack] ?? 0 })),
);
console.table([
  { when: 'before', ...before },
  { when: 'after', ...after },
]);
console.log('counted by the server', figures, '; troubles of the attackers', report.troubles);

const verdict = new Verdict();
verdict.require('the server runs', server.isRunning);
verdict.atMost(`pictures more than ${LONGEST_GAP_MS} ms after the one before`, result.pictureGaps, 0);
verdict.atMost('sound packets missing or late', result.soundHoles, 0);
verdict.flat(before, after);
await call.leave();
verdict.end();

function row(when: string): Record<string, string | number> {
  return { when, ...call.report(), 'server rss MB': server.isRunning ? server.rssMb : 'ended' };
}

async function observe(when: string, ms: number): Promise<Record<string, string | number>> {
  call.start();
  await pause(ms);
  return row(when);
}
