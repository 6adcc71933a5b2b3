import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { PcmSocket, type PcmSocketEvents } from '../../../src/server/doors/pcm-socket.ts';
import { socketPair } from '../../support/socket-pair.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function open(events: Partial<PcmSocketEvents>): Promise<Awaited<ReturnType<typeof socketPair>>> {
  const both = await socketPair(1_000_000);
  closers.push(both.close);
  new PcmSocket(both.server, systemClock, {
    onPcm: () => undefined,
    onText: () => undefined,
    onClose: () => undefined,
    onFailure: () => undefined,
    hasRoom: () => true,
    ...events,
  });
  return both;
}

test('what fails at a message closes that socket, and is told', async () => {
  const failures: unknown[] = [];
  const fail = (): never => {
    throw new Error('a bug');
  };
  for (const message of [Buffer.of(1), 'a word']) {
    const { client } = await open({ onPcm: fail, onText: fail, onFailure: (thrown) => failures.push(thrown) });
    client.send(message);
    expect((await once(client, 'close'))[0]).toBe(1011);
  }
  expect(failures).toHaveLength(2);
});

test('a program that sends its sound sample by sample has to wait, and none of it is lost', async () => {
  let heard = 0;
  const { client, server } = await open({ onPcm: () => heard++ });
  for (let index = 0; index < 2400; index++) client.send(Buffer.of(1, 0));
  await expect.poll(() => server.isPaused).toBe(true);
  await expect.poll(() => heard, { timeout: 5000 }).toBe(2400);
  await expect.poll(() => server.isPaused, { timeout: 5000 }).toBe(false);
});
