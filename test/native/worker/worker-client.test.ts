import { afterEach, expect, test } from 'vitest';
import { WorkerClient, workerEntry } from '../../../src/native/worker/worker-client.ts';
import type { CountingRequest } from './counting.worker.ts';

const clients: WorkerClient<CountingRequest, Float32Array>[] = [];

function open(): WorkerClient<CountingRequest, Float32Array> {
  const entry = workerEntry('counting', import.meta.url);
  const client = new WorkerClient<CountingRequest, Float32Array>({ entry, name: 'counting', closeMs: 1000 });
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

test('each request gets its own reply, and its buffer comes home', async () => {
  const client = open();
  const requests = [1, 2, 3].map((value) => Float32Array.of(value));
  const replies = requests.map((numbers) => client.request({ type: 'double', numbers }, [numbers.buffer]));
  expect(requests.map(({ length }) => length)).toEqual([0, 0, 0]);
  expect((await Promise.all(replies)).map(([value]) => value)).toEqual([2, 4, 6]);
  expect(client.pending).toBe(0);
});

test('a failure keeps its code, a bug its message, and the worker lives on', async () => {
  const client = open();
  await expect(client.request({ type: 'fail', code: 'CODEC_FAILED' })).rejects.toMatchObject({ code: 'CODEC_FAILED' });
  await expect(client.request({ type: 'fail', code: undefined })).rejects.toThrow('a bug');
  expect((await client.request({ type: 'double', numbers: Float32Array.of(4) }))[0]).toBe(8);
});

test('a worker that dies rejects all that waits, and all that is asked later', async () => {
  const client = open();
  const waiting = [client.request({ type: 'sleep' }), client.request({ type: 'sleep' })];
  const dying = client.request({ type: 'die' });
  for (const request of [...waiting, dying]) {
    await expect(request).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
  }
  await client.closed;
  expect(client.alive).toBe(false);
  await expect(client.request({ type: 'sleep' })).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
});

test('closing rejects what waits, and may be done twice', async () => {
  const client = open();
  const waiting = client.request({ type: 'sleep' });
  const closing = [client.close(), client.close()];
  await expect(waiting).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
  await Promise.all(closing);
});

test('closing waits for what the worker is doing, though nobody waits for it any more', async () => {
  const client = open();
  const done = new Int32Array(new SharedArrayBuffer(4));
  await client.request({ type: 'double', numbers: Float32Array.of(1) });
  const working = client.request({ type: 'work', done });
  const closing = client.close();
  await expect(working).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
  expect(done[0]).toBe(0);
  await closing;
  expect(done[0]).toBe(1);
});

test('a request that cannot be sent leaves nothing pending', async () => {
  const client = open();
  const uncloneable = { type: 'double', numbers: () => 1 } as unknown as CountingRequest;
  await expect(client.request(uncloneable)).rejects.toThrow('could not be cloned');
  expect(client.pending).toBe(0);
});
