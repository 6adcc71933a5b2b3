import { seededRandom } from '../../../src/base/random.ts';
import { Coverage } from './coverage.ts';
import { mutate } from './mutator.ts';
import type { FuzzTarget } from './targets.ts';

export interface FuzzReport {
  readonly parser: string;
  readonly inputs: number;
  /** Let through by our own checks. */
  readonly taken: number;
  readonly kept: number;
  readonly blocks: number;
  readonly 'cpu µs each': number;
  /** Of the processor, garbage collection included: on a busy machine the clock says little. */
  readonly 'slowest cpu ms': number;
  /** What went wrong, with the input in hexadecimal. */
  readonly failure: string | undefined;
}

/** Between two looks at the coverage; also where promises get their turn. */
const BATCH = 2000;
const SLOW_MS = 1000;
const SCRIPTS = /\/src\/peer\/rtc\/|\/werift\//;

/** Runs `inputs` mutated inputs through a parser, or as many as until the first failure. */
export async function fuzz(
  target: FuzzTarget,
  { inputs, seed }: { readonly inputs: number; readonly seed: number },
): Promise<FuzzReport> {
  const random = seededRandom(seed);
  const corpus = [...target.seeds];
  const coverage = new Coverage(SCRIPTS);
  const cpu = process.cpuUsage();
  let [done, taken, slowestMs] = [0, 0, 0];
  let failure: string | undefined;
  while (done < inputs && failure === undefined) {
    const batch: Buffer[] = [];
    for (let index = 0; index < BATCH && done < inputs; index++, done++) {
      const input = mutate(random, corpus);
      batch.push(input);
      const before = process.cpuUsage();
      try {
        if (target.run(Buffer.from(input))) taken++;
      } catch (thrown) {
        failure = `${String(thrown)} at ${input.toString('hex')}`;
        break;
      }
      const spent = process.cpuUsage(before);
      slowestMs = Math.max(slowestMs, (spent.user + spent.system) / 1000);
      if (slowestMs > SLOW_MS) failure = `${slowestMs.toFixed(0)} ms for ${input.toString('hex')}`;
    }
    // Promises of the library fail only now.
    await new Promise((turn) => setImmediate(turn));
    // One of them reached further: a few of the batch are worth to be mutated.
    if (coverage.take() > 0 && corpus.length < 200) corpus.push(...batch.slice(-4));
  }
  const { user, system } = process.cpuUsage(cpu);
  const { blocks } = coverage;
  coverage.close();
  return {
    parser: target.name,
    inputs: done,
    taken,
    kept: corpus.length - target.seeds.length,
    blocks,
    'cpu µs each': Math.round((10 * (user + system)) / done) / 10,
    'slowest cpu ms': Math.round(slowestMs),
    failure,
  };
}
