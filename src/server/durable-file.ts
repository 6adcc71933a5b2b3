import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file that is there whole or not at all, also after a crash or a loss of power, and that replaces one that is
 * there. Its folder is made where it is missing.
 * @throws Error what the system says; nothing is left behind then.
 */
export async function writeDurably(path: string, bytes: Uint8Array | string): Promise<void> {
  await place(path, bytes, (draft) => rename(draft, path));
}

/** As `writeDurably`, for a file that must not replace another. @throws Error with code `EEXIST` where there is one. */
export async function createDurably(path: string, bytes: Uint8Array | string): Promise<void> {
  await place(path, bytes, (draft) => link(draft, path));
}

async function place(
  path: string,
  bytes: Uint8Array | string,
  moveIn: (draft: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  // A name of its own, so that writers of the same file at the same time do not meet.
  const draft = join(folder, `.${basename(path)}-${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await moveIn(draft);
    await syncFolder(folder);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Makes names that were given or taken away in a folder outlive a loss of power. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @returns whether it is what the system says of a file that is not there. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}
