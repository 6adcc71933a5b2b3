import { expect, test } from 'vitest';
import { BoundedQueue } from '../../src/base/bounded-queue.ts';

test('drop-oldest takes every item and forgets the oldest', () => {
  const queue = new BoundedQueue<number>('frames', 2, 'drop-oldest');
  expect([1, 2, 3].map((item) => queue.push(item))).toEqual([true, true, true]);
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([2, 3, undefined]);
  expect(queue.dropped).toBe(1);
});

test('refuse keeps what it has and says no', () => {
  const queue = new BoundedQueue<number>('jobs', 2, 'refuse');
  expect([1, 2, 3].map((item) => queue.push(item))).toEqual([true, true, false]);
  expect(queue.depth).toBe(2);
  expect(queue.peek()).toBe(1);
  expect(queue.dropped).toBe(1);
});
