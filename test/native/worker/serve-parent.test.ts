import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

test('a child whose parent is killed ends without a word', async () => {
  const path = new URL('./chatty-parent.ts', import.meta.url).pathname;
  const parent = spawn(process.execPath, ['--import', 'tsx', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  parent.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()));
  // The child holds the other end, so that this pipe ends with the child.
  const childIsGone = once(parent.stderr, 'end');
  await once(parent.stdout, 'data');
  parent.kill('SIGKILL');
  await childIsGone;
  expect(complaints).toBe('');
}, 60_000);
