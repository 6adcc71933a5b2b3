import { expect, test } from 'vitest';
import { Scope } from '../../src/base/lifecycle.ts';

function recorder() {
  const closed: string[] = [];
  const child = (name: string) => ({ close: () => void closed.push(name) });
  return { closed, child };
}

test('a scope releases last-opened-first, once', async () => {
  const { closed, child } = recorder();
  const scope = new Scope();
  scope.own(child('first'));
  scope.own(child('second'));
  await Promise.all([scope.close(), scope.close()]);
  expect(closed).toEqual(['second', 'first']);
});

test('its signal aborts before the first child closes', async () => {
  const scope = new Scope();
  let aborted = false;
  scope.defer(() => void (aborted = scope.signal.aborted));
  await scope.close('done');
  expect(aborted).toBe(true);
  expect(scope.signal.reason).toBe('done');
});

test('one failure does not keep the others open', async () => {
  const { closed, child } = recorder();
  const scope = new Scope();
  scope.own(child('first'));
  scope.defer(() => Promise.reject(new Error('stuck')));
  await expect(scope.close()).rejects.toThrow('Closing a scope failed in part');
  expect(closed).toEqual(['first']);
});

test('what is opened after closing began is closed at once', async () => {
  const { closed, child } = recorder();
  const scope = new Scope();
  await scope.close();
  scope.own(child('late'));
  expect(closed).toEqual(['late']);
});
