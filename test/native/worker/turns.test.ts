import { expect, test } from 'vitest';
import { Turns, type Rank } from '../../../src/native/worker/turns.ts';

/** Takes a turn for each, all at once. @returns the names in the order of their turns. */
async function orderOf(takers: readonly (readonly [Rank, number, string])[], turns = new Turns()): Promise<string> {
  const order: string[] = [];
  const all = takers.map(([rank, key, name]) => turns.take(rank, key).then(() => order.push(name)));
  await Promise.all(all);
  return order.join(' ');
}

test('pictures of established calls go before those of newcomers, and these before preparations', async () => {
  const order = await orderOf([
    ['preparation', -1, 'prepare'],
    ['newcomer', 1, 'new'],
    ['established', 2, 'old'],
    ['newcomer', 3, 'newer'],
    ['established', 4, 'older'],
  ]);
  expect(order).toBe('old older new newer prepare');
});

test('turns of one key keep their order when its rank gets better', async () => {
  const order = await orderOf([
    ['newcomer', 2, 'other'],
    ['newcomer', 1, 'first'],
    ['established', 1, 'second'],
  ]);
  expect(order).toBe('first second other');
});

test('nobody waits for ever', async () => {
  let nowMs = 0;
  const turns = new Turns(() => nowMs);
  const order: string[] = [];
  const slow = turns.take('preparation', -1).then(() => order.push('prepare'));
  nowMs = 501;
  const fast = turns.take('established', 1).then(() => order.push('old'));
  await Promise.all([slow, fast]);
  expect(order).toEqual(['prepare', 'old']);
});

test('what arrives during a piece of work goes before the next piece of a lower rank', async () => {
  const turns = new Turns();
  const order: string[] = [];
  let picture: Promise<unknown> | undefined;
  for (let piece = 1; piece <= 3; piece++) {
    await turns.take('preparation', -1);
    order.push(`piece ${piece}`);
    if (piece === 1) picture = turns.take('established', 1).then(() => order.push('picture'));
  }
  await picture;
  expect(order).toEqual(['piece 1', 'picture', 'piece 2', 'piece 3']);
});
