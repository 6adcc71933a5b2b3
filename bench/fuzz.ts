/**
 * Feeds every parser that a visitor can reach with mutated packets, ours first and then the library's behind it. What runs
 * a block of code that nothing ran before is kept and mutated further.
 *
 *     npm run build && node dist/bench/fuzz.js [--inputs 1000000] [--seed 1] [--only SCTP]
 *
 * Ends with 1 when a parser fails at an input, takes a second for it, or rejects a promise; the input is printed.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './support/fuzz/fuzz.ts';
import { FUZZ_TARGETS } from './support/fuzz/targets.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const failures: string[] = [];
process.on('unhandledRejection', (thrown) => failures.push(`a rejection that nobody heard: ${String(thrown)}`));
const seed = Number(values.seed);
console.log(`seed ${seed}`);
const rows = [];
for (const target of FUZZ_TARGETS) {
  if (values.only !== undefined && target.name !== values.only) continue;
  const { failure, ...row } = await fuzz(target, { inputs: Number(values.inputs), seed });
  if (failure !== undefined) failures.push(`${target.name}: ${failure}`);
  rows.push(row);
}
console.table(rows);
for (const failure of failures) console.log(failure);
process.exit(failures.length > 0 ? 1 : 0);
