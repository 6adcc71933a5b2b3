import { expect, test } from 'vitest';
import { AvatarError } from '../../../src/base/errors.ts';
import { MotionStream } from '../../../src/media/motion-stream.ts';
import type { MotionJob, MotionResult } from '../../../src/media/motion/motion-job.ts';
import { InferenceWorker } from '../../../src/native/worker/inference-worker.ts';
import { LastingInference, type MortalEngine } from '../../../src/native/worker/lasting-inference.ts';
import { SMALL_MANIFEST } from '../../media/motion/small-manifest.ts';
import { BUNDLE_FOLDER } from '../model/golden-vectors.ts';

/** Answers until it is killed. */
class FrailEngine implements MortalEngine {
  readonly manifest = SMALL_MANIFEST;
  readonly closed: Promise<void>;
  die: () => void = () => undefined;
  #dead = false;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.die = () => {
        this.#dead = true;
        resolve();
      };
    });
  }

  async run(jobs: readonly MotionJob[]): Promise<MotionResult[]> {
    if (this.#dead) throw new AvatarError('WORKER_CRASHED', 'Cannot ask a worker that has gone');
    return [...jobs];
  }

  async close(): Promise<void> {
    this.die();
  }
}

function family(failures = 0): { readonly engines: FrailEngine[]; readonly open: () => Promise<FrailEngine> } {
  const engines: FrailEngine[] = [];
  let left = failures;
  const open = async (): Promise<FrailEngine> => {
    if (engines.length > 0 && left-- > 0) throw new AvatarError('BUNDLE_INCOMPLETE', 'Cannot read a bundle');
    const engine = new FrailEngine();
    engines.push(engine);
    return engine;
  };
  return { engines, open };
}

test('a worker that dies costs a hop, not the call: the next job waits for the next worker', async () => {
  const { engines, open } = family(2);
  let told = 0;
  const inference = await LastingInference.open({ open, restMs: 1, onCrash: () => told++ });
  expect(await inference.run([])).toEqual([]);
  engines[0]?.die();
  await expect(inference.run([])).rejects.not.toMatchObject({ code: 'WORKER_CRASHED' });
  expect(await inference.run([])).toEqual([]);
  expect([engines.length, inference.crashes, told]).toEqual([2, 1, 1]);
  engines[1]?.die();
  await engines[1]?.closed;
  await inference.run([]).catch(() => undefined);
  expect(await inference.run([])).toEqual([]);
  await inference.close();
});

test('when no worker opens any more, who asks is told so', async () => {
  const { engines, open } = family(100);
  const inference = await LastingInference.open({ open, restMs: 1 });
  engines[0]?.die();
  await engines[0]?.closed;
  await inference.run([]).catch(() => undefined);
  await expect(inference.run([])).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
  await inference.close();
});

test('closing is no crash, and ends waiting', async () => {
  const { engines, open } = family();
  const inference = await LastingInference.open({ open, restMs: 1 });
  await inference.close();
  expect(inference.crashes).toBe(0);
  expect(engines).toHaveLength(1);
  await expect(inference.run([])).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
});

test('a real worker, killed in the middle of a call: the stream goes on', async () => {
  const workers: InferenceWorker[] = [];
  const inference = await LastingInference.open({
    open: async () => {
      const worker = await InferenceWorker.open({ folder: BUNDLE_FOLDER, precision: 'int8' });
      workers.push(worker);
      return worker;
    },
  });
  const stream = new MotionStream({ manifest: inference.manifest, seed: 1 });
  stream.push(new Float32Array(640 * 8));
  const frames: number[] = [];
  for (let hop = 0; hop < 8; hop++) {
    const job = stream.due();
    if (job === undefined) throw new Error('a hop is due');
    const run = inference.run([job]);
    run.catch(() => undefined);
    if (hop === 4) await workers[0]?.close();
    try {
      const [result] = await run;
      if (result !== undefined) frames.push(...stream.accept(result).map(({ timeUs }) => timeUs));
    } catch {
      frames.push(...stream.skip().map(({ timeUs }) => timeUs));
    }
  }
  expect(frames).toEqual(Array.from({ length: 13 }, (_, frame) => frame * 20_000));
  expect(stream.counts.skippedHops).toBe(1);
  expect(workers).toHaveLength(2);
  await inference.close();
});
