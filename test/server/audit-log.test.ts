import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditLog, type AuditEntry } from '../../src/server/audit-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visavis-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a line that was cut costs no entry but its own', async () => {
  const path = join(folder, 'var', 'audit.log');
  const time = new Date(0);
  await new AuditLog(path).append({ event: 'enrolled', portraitId: 'a' }, time);
  // The process was killed in the middle of a write.
  appendFileSync(path, '{"time":"1970-01-01T00:00:00.000Z","event":"bloc');
  const again = new AuditLog(path);
  await again.append({ event: 'deleted', portraitId: 'a' }, time);
  await again.append({ event: 'enrolled', portraitId: 'b' }, time);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  const whole = lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as AuditEntry);
  expect(whole.map(({ event, portraitId }) => `${event} ${portraitId ?? ''}`)).toEqual([
    'enrolled a',
    'deleted a',
    'enrolled b',
  ]);
});
