import { randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';

/**
 * A file that appears whole or not at all: it is written under another name in the same folder, and takes its own name
 * when it is done. Writing is synchronous, as the libraries that call back with bytes want it.
 */
export class OutputFile implements Closable {
  readonly path: string;
  readonly #temporaryPath: string;
  #descriptor: number | undefined;
  #endBytes = 0;

  private constructor(path: string, temporaryPath: string, descriptor: number) {
    this.path = path;
    this.#temporaryPath = temporaryPath;
    this.#descriptor = descriptor;
  }

  /** @throws AvatarError `OUTPUT_FAILED` when nothing can be written there. */
  static open(path: string): OutputFile {
    const temporaryPath = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.part`);
    return attempt(path, () => new OutputFile(path, temporaryPath, openSync(temporaryPath, 'wx+')));
  }

  /** Writes at `position`, by default at the end. */
  write(bytes: Uint8Array | string, position = this.#endBytes): void {
    const whole = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    const descriptor = this.#descriptor;
    if (descriptor === undefined) throw new AvatarError('OUTPUT_FAILED', `Cannot write ${this.path}: it is closed.`);
    attempt(this.path, () => {
      let done = 0;
      while (done < whole.length) done += writeSync(descriptor, whole, done, whole.length - done, position + done);
    });
    this.#endBytes = Math.max(this.#endBytes, position + whole.length);
  }

  /** Gives the file its name, over one that may be there. */
  commit(): void {
    this.#closeDescriptor();
    attempt(this.path, () => {
      renameSync(this.#temporaryPath, this.path);
    });
  }

  /** Leaves nothing behind unless `commit` came first. */
  close(): void {
    if (this.#descriptor === undefined) return;
    this.#closeDescriptor();
    rmSync(this.#temporaryPath, { force: true });
  }

  #closeDescriptor(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw new AvatarError('OUTPUT_FAILED', `Cannot write ${path}: ${reasonOf(thrown)}.`, { cause: thrown });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EACCES: 'this user may not write there',
  EROFS: 'this user may not write there',
  ENOSPC: 'the disk is full',
  EISDIR: 'it is a folder',
};

function reasonOf(thrown: unknown): string {
  return REASONS[(thrown as NodeJS.ErrnoException).code ?? ''] ?? messageOf(thrown);
}
