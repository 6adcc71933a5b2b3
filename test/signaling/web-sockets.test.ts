import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { socketPair } from '../support/socket-pair.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function pair(maxBytes = 100_000): Promise<Awaited<ReturnType<typeof socketPair>>> {
  const both = await socketPair(maxBytes);
  closers.push(both.close);
  both.server.on('error', () => undefined);
  return both;
}

test('between two frames of a burst others have their turn', async () => {
  const { client, server } = await pair();
  const burst: number[] = [];
  let [inTurn, heard] = [0, 0];
  const turn = (): void => {
    burst.push(inTurn);
    inTurn = 0;
    if (heard < 1000) setImmediate(turn);
  };
  const all = new Promise<void>((resolve) => {
    server.on('message', () => {
      inTurn++;
      if (++heard === 1000) resolve();
    });
  });
  turn();
  for (let index = 0; index < 1000; index++) client.send('x');
  await all;
  expect(Math.max(...burst)).toBeLessThanOrEqual(2);
});

test('pings are answered, and a flood of them breaks the socket', async () => {
  const { client } = await pair();
  client.ping('alive');
  expect(String((await once(client, 'pong'))[0])).toBe('alive');
  for (let index = 0; index < 500; index++) client.ping();
  expect((await once(client, 'close'))[0]).toBe(1006);
});

test('a message in too many pieces closes the socket', async () => {
  const { client } = await pair();
  for (let index = 0; index < 200; index++) client.send('x', { fin: false });
  expect((await once(client, 'close'))[0]).toBe(1008);
});

test('a large message in the pieces that a network makes of it arrives', async () => {
  const { client, server } = await pair(5_760_000);
  for (let at = 0; at < 5_000_000; at += 4000) client.send(Buffer.alloc(4000), { fin: at + 4000 >= 5_000_000 });
  const [message] = (await once(server, 'message')) as [Buffer];
  expect(message.length).toBe(5_000_000);
});
