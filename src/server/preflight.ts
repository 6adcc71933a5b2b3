import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { AvatarError, messageOf } from '../base/errors.ts';
import type { Config } from './config.ts';

/**
 * Looks for what would end the start later, before anything large is loaded.
 * @throws AvatarError `CONFIG_INVALID`: the port is taken, or the data folder cannot be written.
 */
export async function checkBeforeStart({ host, port, dataDir }: Pick<Config, 'host' | 'port' | 'dataDir'>) {
  await checkFolder(dataDir);
  await checkPort(host, port);
}

async function checkFolder(folder: string): Promise<void> {
  const probe = join(folder, `.probe-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, 'visavis');
  } catch (cause) {
    const message = `Cannot keep portraits and blocks in VISAVIS_DATA_DIR=${folder}: ${reasonOf(cause)}`;
    throw new AvatarError('CONFIG_INVALID', message, { cause });
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

function checkPort(host: string, port: number): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new AvatarError('CONFIG_INVALID', `Cannot listen on ${host}:${port}: ${reasonOf(cause)}`, { cause }));
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve();
      });
    });
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to; choose another, or give the right',
  EADDRINUSE: 'another program uses this port; set PORT to another one, or stop that program',
  EADDRNOTAVAIL: 'this machine has no such address; set HOST to one that it has',
  EDQUOT: 'the disk quota is used up; free some space',
  EEXIST: 'a file of this name is in the way',
  ENOSPC: 'the disk is full; free some space',
  ENOTDIR: 'a file of this name is in the way',
  EPERM: 'this user has no right to; choose another, or give the right',
  EROFS: 'the folder is read-only; choose another one',
};

/** @returns words for what the system says, with what to do about it where that is known. */
function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return REASONS[code] ?? messageOf(thrown);
}
