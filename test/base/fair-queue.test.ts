import { expect, test } from 'vitest';
import { FairQueue } from '../../src/base/fair-queue.ts';

function drain(queue: FairQueue<string>): string[] {
  const items: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

test('owners take turns, whoever came first begins, and each owner keeps the order', () => {
  const queue = new FairQueue<string>({ capacity: 10, perOwner: 3 });
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(item[0]!, item);
  expect(queue.depth).toBe(6);
  expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  expect(queue.depth).toBe(0);
});

test('an owner cannot wait with more than perOwner items', () => {
  const queue = new FairQueue<string>({ capacity: 10, perOwner: 2 });
  expect(['a1', 'a2', 'a3'].map((item) => queue.push('a', item).admitted)).toEqual([true, true, false]);
  expect(queue.push('b', 'b1').admitted).toBe(true);
});

test('a full queue takes a new owner in place of the last item of whoever has most', () => {
  const queue = new FairQueue<string>({ capacity: 3, perOwner: 2 });
  for (const item of ['a1', 'a2', 'b1']) queue.push(item[0]!, item);
  expect(queue.push('c', 'c1')).toEqual({ admitted: true, displaced: 'a2' });
  // Everyone has one now: the next has to come back later.
  expect(queue.push('d', 'd1')).toEqual({ admitted: false });
  expect(queue.push('b', 'b2')).toEqual({ admitted: false });
  expect(drain(queue)).toEqual(['a1', 'b1', 'c1']);
});
