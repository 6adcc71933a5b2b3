/**
 * Writes to standard output.
 * @returns a promise that resolves once a reader has taken it.
 * @throws Error what the system says when nobody reads any more (`EPIPE`) or nothing more fits (`ENOSPC`).
 */
export function writeToStandardOutput(bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (failure) => {
      if (failure) reject(failure);
      else resolve();
    });
  });
}

/** Bytes on their way to standard output in order, written by somebody who cannot wait for each. */
export class StandardOutput {
  #last: Promise<void> = Promise.resolve();

  write(bytes: Uint8Array): void {
    this.#last = writeToStandardOutput(bytes);
    // Met by whoever waits; until then it must not count as unhandled.
    this.#last.catch(() => undefined);
  }

  /** Resolves once a reader has taken all that was written. @throws Error as `writeToStandardOutput`. */
  caughtUp(): Promise<void> {
    return this.#last;
  }
}
