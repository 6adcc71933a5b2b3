import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';

/**
 * A file that appears whole or not at all: it is written under another name in the same folder, and takes its own name
 * when it is done. Writing is synchronous, as the libraries that call back with bytes want it.
 */
export class OutputFile implements Closable {
  readonly path: string;
  /** Where the file is until it gets its name; another process may write it. */
  readonly temporaryPath: string;
  readonly #replace: boolean;
  #descriptor: number | undefined;
  #endBytes = 0;

  private constructor(path: string, temporaryPath: string, descriptor: number, replace: boolean) {
    this.path = path;
    this.#replace = replace;
    this.temporaryPath = temporaryPath;
    this.#descriptor = descriptor;
  }

  /**
   * @param replace - whether a file that has the name by then is replaced; else the new one gets a name beside it.
   * @throws AvatarError `OUTPUT_FAILED` when nothing can be written there.
   */
  static open(path: string, { replace }: { readonly replace: boolean }): OutputFile {
    const temporaryPath = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.part`);
    return attempt(path, () => new OutputFile(path, temporaryPath, openSync(temporaryPath, 'wx+'), replace));
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

  /**
   * Gives the file its name.
   * @throws AvatarError `OUTPUT_EXISTS` when something else got the name since the command began; the message says where
   * the file is now.
   */
  commit(): void {
    this.#closeDescriptor();
    attempt(this.path, () => {
      if (this.#replace) renameSync(this.temporaryPath, this.path);
      else this.#takeFreeName();
    });
  }

  #takeFreeName(): void {
    try {
      // A link fails where the name is taken, and a rename does not.
      linkSync(this.temporaryPath, this.path);
      rmSync(this.temporaryPath);
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code !== 'EEXIST') {
        // Some file systems have no links (FAT, network shares).
        if (existsSync(this.path)) throw thrown;
        renameSync(this.temporaryPath, this.path);
        return;
      }
      const extension = extname(this.path);
      const other = join(
        dirname(this.path),
        `${basename(this.path, extension)}-${randomUUID().slice(0, 8)}${extension}`,
      );
      renameSync(this.temporaryPath, other);
      throw new AvatarError(
        'OUTPUT_EXISTS',
        `${this.path} appeared while this command was running and was left as it is. The result is in ${other}.`,
      );
    }
  }

  /** Leaves nothing behind unless `commit` came first. */
  close(): void {
    if (this.#descriptor === undefined) return;
    this.#closeDescriptor();
    rmSync(this.temporaryPath, { force: true });
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
    if (thrown instanceof AvatarError) throw thrown;
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
