import { appendFile, mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { isMissing } from './durable-file.ts';

const LINE_END = 10;

/** What happened to a portrait; never who it shows, and never text that somebody typed. */
export interface AuditEntry {
  readonly event: 'enrolled' | 'deleted' | 'blocked' | 'unblocked' | 'sessions-ended';
  readonly portraitId?: string;
  readonly portraitSha256?: string;
  /** The consent as it was given, on enrolment. */
  readonly consent?: string;
  readonly reason?: string;
  readonly count?: number;
}

/**
 * An append-only file of JSON lines; entries are written in the order they were made, each before its promise settles. The
 * last line of a process that was killed, or whose disk was full, may be cut. The next entry then begins a line of its own, so
 * that whoever reads the log loses the cut line alone.
 */
export class AuditLog {
  readonly #path: string;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  append(entry: AuditEntry, time: Date): Promise<void> {
    const line = `${JSON.stringify({ time: time.toISOString(), ...entry })}\n`;
    const written = this.#last.then(async () => {
      await mkdir(dirname(this.#path), { recursive: true });
      const isCut = await endsInside(this.#path);
      await appendFile(this.#path, isCut ? `\n${line}` : line, { mode: 0o600 });
    });
    // A full disk fails this entry, not all that come after it.
    this.#last = written.catch(() => undefined);
    return written;
  }
}

/** @returns whether the file has bytes behind its last line's end. */
async function endsInside(path: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    throw thrown;
  }
  try {
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== LINE_END;
  } finally {
    await file.close();
  }
}
