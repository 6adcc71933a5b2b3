/** The attackers of a bench, in a process of their own: what they cost the event loop makes no gap in what the bench hears. */
import { argv } from 'node:process';
import { seededRandom } from '../../src/base/random.ts';
import type { AttackerOrders, AttackerReport } from './attacker.ts';
import { ATTACKS } from './attacks.ts';
import { floodWithDatagrams } from './datagram-flood.ts';
import { Refused, Unconnected } from './visitor/visitor.ts';

const orders = JSON.parse(argv[2] ?? '{}') as AttackerOrders;
const report: AttackerReport = { sent: {}, refused: {}, troubles: {} };
const ending = new AbortController();
const isOver = (): boolean => ending.signal.aborted;

// The attackers' own library does not survive all that it takes part in; that is nobody's concern.
process.on('unhandledRejection', (thrown) => {
  note(report.troubles, `own library: ${String(thrown).slice(0, 60)}`);
});
process.on('uncaughtException', (thrown) => {
  note(report.troubles, `own library: ${thrown.message.slice(0, 60)}`);
});
process.on('disconnect', () => {
  process.exit(0);
});
process.on('message', () => {
  ending.abort();
});

function note(counts: Record<string, number>, name: string, more = 1): void {
  counts[name] = (counts[name] ?? 0) + more;
}

const target = { ...orders.target, random: seededRandom(orders.seed) };
if (orders.type === 'datagrams') {
  await floodWithDatagrams(target, {
    each: orders.each,
    perSecond: orders.perSecond,
    isOver,
    onSent: (parser, count) => {
      note(report.sent, parser, count);
    },
    onTrouble: (thrown) => {
      note(report.troubles, String(thrown).slice(0, 80));
    },
  });
} else {
  const names = Object.keys(ATTACKS);
  const going = new Set<Promise<void>>();
  const startMs = performance.now();
  for (let visitor = 0; !isOver(); visitor++) {
    const dueMs = startMs + (visitor * 60_000) / orders.perMinute;
    while (!isOver() && performance.now() < dueMs) await new Promise((later) => setTimeout(later, 20));
    const name = names[visitor % names.length] ?? '';
    note(report.sent, name);
    const attack = Promise.resolve(ATTACKS[name]?.(target)).catch((thrown: unknown) => {
      if (thrown instanceof Refused || thrown instanceof Unconnected) note(report.refused, name);
      else note(report.troubles, `${name}: ${String(thrown).slice(0, 80)}`);
    });
    const done = attack.finally(() => going.delete(done));
    going.add(done);
  }
  await Promise.race([Promise.all(going), new Promise((later) => setTimeout(later, 15_000))]);
}
process.send?.(report, () => {
  process.exit(0);
});
