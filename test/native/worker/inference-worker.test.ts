import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { MotionStream } from '../../../src/media/motion-stream.ts';
import type { MotionJob } from '../../../src/media/motion/motion-job.ts';
import { OnnxMotionEngine } from '../../../src/native/model/motion-engine.ts';
import { InferenceWorker, type InferenceRun } from '../../../src/native/worker/inference-worker.ts';
import { BUNDLE_FOLDER } from '../model/golden-vectors.ts';

const BUNDLE = { folder: BUNDLE_FOLDER, precision: 'int8' } as const;
const HOPS = 6;

let direct: OnnxMotionEngine;

beforeAll(async () => {
  direct = await OnnxMotionEngine.open(BUNDLE);
});

afterAll(() => direct.close());

function stream(seed: number): MotionStream {
  const made = new MotionStream({ manifest: direct.manifest, seed });
  const random = seededRandom(seed);
  made.push(Float32Array.from({ length: 640 * HOPS }, () => 0.1 * random.normal()));
  return made;
}

function due(from: MotionStream): MotionJob {
  const job = from.due();
  if (job === undefined) throw new Error('a hop is due');
  return job;
}

test('the worker makes what the networks make on this thread, sessions batched, buffers home', async () => {
  await using worker = disposable(await InferenceWorker.open(BUNDLE));
  const runs: InferenceRun[] = [];
  worker.engine.onRun = (run) => runs.push(run);
  const here = [1, 2].map(stream);
  const there = [1, 2].map(stream);
  for (let hop = 0; hop < HOPS; hop++) {
    const alone = await Promise.all(here.map((each) => direct.run([due(each)])));
    const buffers: ArrayBuffer[] = [];
    const batched = await Promise.all(
      there.map((each) => {
        const job = due(each);
        buffers.push(job.buffer);
        return worker.engine.run([job]);
      }),
    );
    expect(buffers.map(({ byteLength }) => byteLength)).toEqual([0, 0]);
    for (const [index, [result]] of batched.entries()) {
      const expected = alone[index]?.[0];
      if (result === undefined || expected === undefined) throw new Error('a run answers each job');
      // int8 activations are scaled by the whole batch, so a neighbour's sound shows a little.
      result.token.forEach((value, at) => {
        expect(Math.abs(value - (expected.token[at] ?? NaN))).toBeLessThan(0.15);
      });
      there[index]?.accept(result);
      here[index]?.accept(expected);
    }
  }
  expect(runs.map(({ jobs }) => jobs)).toEqual(Array.from({ length: HOPS }, () => 2));
});

test('more jobs than may wait are refused, and the others run', async () => {
  await using worker = disposable(await InferenceWorker.open({ ...BUNDLE, capacity: 2 }));
  const runs = [1, 2, 3].map((seed) => worker.engine.run([due(stream(seed))]));
  await expect(runs[2]).rejects.toMatchObject({ code: 'CAPACITY_FULL' });
  expect(await Promise.all(runs.slice(0, 2))).toHaveLength(2);
  expect(worker.engine.refused).toBe(1);
});

test('a job that waited past its deadline is not run', async () => {
  await using worker = disposable(await InferenceWorker.open({ ...BUNDLE, deadlineMs: -1 }));
  await expect(worker.engine.run([due(stream(1))])).rejects.toMatchObject({ code: 'CAPACITY_FULL' });
});

test('a worker that is closed or killed rejects what waits and what comes', async () => {
  const worker = await InferenceWorker.open({ ...BUNDLE, gatherMs: 50 });
  const waiting = worker.run([due(stream(1))]);
  const closing = worker.close();
  await expect(waiting).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
  await closing;
  await worker.closed;
  expect(worker.alive).toBe(false);
  await expect(worker.run([due(stream(1))])).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
});

test('a bundle that is none is refused through the thread, code and all', async () => {
  const opening = InferenceWorker.open({ folder: '/nowhere', precision: 'int8' });
  await expect(opening).rejects.toMatchObject({ code: 'BUNDLE_INCOMPLETE' });
});

function disposable(engine: InferenceWorker): { engine: InferenceWorker } & AsyncDisposable {
  return { engine, [Symbol.asyncDispose]: () => engine.close() };
}
