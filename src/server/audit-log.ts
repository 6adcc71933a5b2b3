import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

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

/** An append-only file of JSON lines; entries are written in the order they were made, each before its promise settles. */
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
      await appendFile(this.#path, line, { mode: 0o600 });
    });
    // A full disk fails this entry, not all that come after it.
    this.#last = written.catch(() => undefined);
    return written;
  }
}
