import {
  AvailabilityRequest,
  Job,
  JobAssignment,
  JobStatus,
  JobTermination,
  RegisterWorkerResponse,
  ServerMessage,
  WorkerMessage,
  WorkerStatus,
} from '@livekit/protocol';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { Worker, type WorkerJob } from '../../../src/server/livekit/worker.ts';
import { FakeLiveKit } from './livekit-server.ts';

async function open(capacity = 2) {
  const server = await FakeLiveKit.open(() => undefined);
  const jobs: WorkerJob[] = [];
  const closed: string[] = [];
  const load = { active: 0 };
  const worker = new Worker({
    url: server.url,
    key: { apiKey: 'key', apiSecret: 'secret'.repeat(6) },
    agentName: 'visavis',
    version: '1',
    load: () => ({ capacity, active: load.active, lateRatio: 0 }),
    open: async (job) => {
      if (job.portrait === 'broken') throw new Error('no such face');
      jobs.push(job);
      return { close: () => void closed.push(job.token) };
    },
    logger: silentLogger,
  });
  const said = () => server.messages.map((bytes) => WorkerMessage.fromBinary(bytes).message);
  const say = (message: ServerMessage['message']): void => {
    server.sockets.at(-1)?.send(new ServerMessage({ message }).toBinary());
  };
  const ask = (id: string, metadata = ''): void => {
    say({ case: 'availability', value: new AvailabilityRequest({ job: new Job({ id, metadata }) }) });
  };
  const assign = (id: string): void => {
    say({ case: 'assignment', value: new JobAssignment({ job: new Job({ id }), token: `token-${id}` }) });
  };
  const answers = () => said().flatMap(({ case: kind, value }) => (kind === 'availability' ? [value] : []));
  await expect.poll(() => said()[0]?.case).toBe('register');
  say({ case: 'register', value: new RegisterWorkerResponse({ workerId: 'w' }) });
  await expect.poll(() => said().some((each) => each.case === 'updateWorker')).toBe(true);
  const dispose = async (): Promise<void> => {
    await worker.close();
    await server[Symbol.asyncDispose]();
  };
  return { server, worker, jobs, closed, load, said, say, ask, assign, answers, [Symbol.asyncDispose]: dispose };
}

test('registers by its name with a token that is for workers alone, and tells its load', async () => {
  await using fake = await open();
  const [request] = fake.server.requests;
  expect(request?.url).toBe('/agent');
  const claims = decodeJwt((request?.headers.authorization ?? '').replace('Bearer ', ''));
  expect(claims).toMatchObject({ iss: 'key', video: { agent: true } });
  expect(claims.exp).toBeDefined();
  expect(fake.said()[0]).toMatchObject({ value: { agentName: 'visavis', version: '1' } });
  const [status] = fake.said().flatMap((each) => (each.case === 'updateWorker' ? [each.value] : []));
  expect(status).toMatchObject({ status: WorkerStatus.WS_AVAILABLE, load: 0, jobCount: 0 });
});

test('takes a job with the face and the agent that its metadata name', async () => {
  await using fake = await open();
  fake.ask('1', JSON.stringify({ portrait: 'mia', onBehalfOf: 'agent-7' }));
  await expect.poll(() => fake.answers().length).toBe(1);
  expect(fake.answers()[0]).toMatchObject({
    jobId: '1',
    available: true,
    participantAttributes: { 'lk.publish_on_behalf': 'agent-7' },
  });
  fake.assign('1');
  await expect.poll(() => fake.jobs.length).toBe(1);
  expect(fake.jobs[0]).toMatchObject({ portrait: 'mia', token: 'token-1', url: fake.server.url });
  fake.say({ case: 'termination', value: new JobTermination({ jobId: '1' }) });
  await expect.poll(() => fake.closed).toEqual(['token-1']);
});

test('tells when an avatar has left by itself, and when it could not come', async () => {
  await using fake = await open();
  const ended = () => fake.said().flatMap((each) => (each.case === 'updateJob' ? [each.value] : []));
  fake.ask('1');
  fake.ask('2', '{"portrait":"broken"}');
  await expect.poll(() => fake.answers().length).toBe(2);
  fake.assign('1');
  fake.assign('2');
  await expect.poll(() => ended().length).toBe(1);
  expect(ended()[0]).toMatchObject({ jobId: '2', status: JobStatus.JS_FAILED, error: 'no such face' });
  fake.jobs[0]?.onEnd('The agent left');
  await expect.poll(() => ended().length).toBe(2);
  expect(ended()[1]).toMatchObject({ jobId: '1', status: JobStatus.JS_SUCCESS });
});

test('promises no more places than it has, and none for metadata that it does not understand', async () => {
  await using fake = await open(2);
  fake.load.active = 1;
  for (const [id, metadata] of [
    ['1', ''],
    ['2', ''],
    ['3', 'not json'],
    ['4', '{"portrait":7}'],
  ] as const) {
    fake.ask(id, metadata);
  }
  await expect.poll(() => fake.answers().length).toBe(4);
  expect(fake.answers().map(({ available }) => available)).toEqual([true, false, false, false]);
  const last = fake.said().findLast((each) => each.case === 'updateWorker');
  expect(last?.value).toMatchObject({ status: WorkerStatus.WS_FULL, load: 1 });
});

test('takes no job that it did not promise, and none while it drains', async () => {
  await using fake = await open();
  fake.assign('9');
  fake.worker.drain();
  fake.ask('1');
  await expect.poll(() => fake.answers().length).toBe(1);
  expect(fake.answers()[0]?.available).toBe(false);
  expect(fake.jobs).toEqual([]);
});

test('registers again after its socket broke, and its avatars stay', async () => {
  await using fake = await open();
  fake.ask('1');
  await expect.poll(() => fake.answers().length).toBe(1);
  fake.assign('1');
  await expect.poll(() => fake.jobs.length).toBe(1);
  fake.server.sockets[0]?.terminate();
  await expect.poll(() => fake.said().filter((each) => each.case === 'register').length, { timeout: 5000 }).toBe(2);
  expect(fake.closed).toEqual([]);
});
