/**
 * Real peers that join, see a picture and leave, in every way in which people leave, on a running server. Goal: after hundreds
 * of them the server holds no more than after the first ones: heap and resident memory after a garbage collection, sockets, timers.
 *
 *   npm run build && node dist/bench/churn.js [--visits 300] [--at-once 3]
 *
 * Ends with 1 when the goal is missed.
 */
import { parseArgs } from 'node:util';
import { speechPackets } from './support/stage.ts';
import { InspectedServer, type Holdings } from './support/inspected-server.ts';
import { Verdict } from './support/verdict.ts';
import { until } from './support/visitor/page.ts';
import { Refused, Unconnected, Visitor } from './support/visitor/visitor.ts';

const { values } = parseArgs({
  options: { visits: { type: 'string', default: '300' }, 'at-once': { type: 'string', default: '3' } },
});
const visits = Number(values.visits);
/** The first visitors fill caches and pools of buffers. */
const WARM_UP_VISITS = 30;
/** Places of those who vanished are given back by then. */
const SETTLE_MS = 22_000;

const packets = await speechPackets(2);
await using server = await InspectedServer.start();
const pause = (ms: number): Promise<void> => new Promise((later) => setTimeout(later, ms));
const rows: (Holdings & { readonly after: number })[] = [];
let [begun, seen, refused, unconnected] = [0, 0, 0, 0];

async function visit(index: number): Promise<void> {
  const visitor = await Visitor.join(server.signalingUrl, {
    // Two in a room every other time, so that rooms are left by one of several, too.
    room: `room-${Math.floor(index / 2)}`,
    portrait: 'astronaut',
    name: `Visitor ${index}`,
    address: `10.0.${index >> 8}.${index & 255}`,
    page: { slots: 2 },
  });
  const { page } = visitor;
  await until(() => (page.video[0]?.length ?? 0) > 0, 60_000);
  for (let packet = 0; packet < packets.length; packet += 5) {
    for (const [at, each] of packets.slice(packet, packet + 5).entries()) page.speak(each, (packet + at) * 960);
    await pause(100);
  }
  seen++;
  if (index % 6 === 0) await visitor.vanish();
  else if (index % 2 === 0) await page.close().then(() => visitor.leave());
  else await visitor.leave();
}

async function visitUntil(last: number): Promise<void> {
  while (begun < last) {
    const index = begun++;
    for (;;) {
      try {
        await visit(index);
        break;
      } catch (thrown) {
        // Those who vanished hold the places until the server takes them back.
        if (thrown instanceof Refused) refused++;
        else if (thrown instanceof Unconnected) unconnected++;
        else throw thrown;
        await pause(1000);
      }
    }
  }
}

async function note(after: number): Promise<Holdings> {
  await pause(SETTLE_MS);
  const holdings = await server.holdings();
  rows.push({ after, ...holdings });
  return holdings;
}

const together = (last: number): Promise<unknown> =>
  Promise.all(Array.from({ length: Number(values['at-once']) }, () => visitUntil(last)));

await together(Math.min(WARM_UP_VISITS, visits));
const before = await note(begun);
for (let last = WARM_UP_VISITS + 90; last < visits; last += 90) {
  await together(last);
  await note(begun);
}
await together(visits);
const after = await note(begun);
console.table(rows);
console.log(
  `${seen} visitors saw themselves and left. They came again ${refused} times after a refusal for want of a place,`,
);
console.log(
  `and ${unconnected} times because no connection came about, which happens where the processor is overloaded.`,
);
const verdict = new Verdict();
verdict.require(`${visits} visitors were served`, seen === visits);
verdict.flat(before, after);
verdict.end();
