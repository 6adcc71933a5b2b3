import { Session, type Profiler } from 'node:inspector';

/** Which blocks of some scripts have run, from V8's own counters. */
export class Coverage {
  readonly #session = new Session();
  readonly #blocks = new Set<string>();
  readonly #scripts: RegExp;

  /** @param scripts - addresses of the scripts that count. */
  constructor(scripts: RegExp) {
    this.#scripts = scripts;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  get blocks(): number {
    return this.#blocks.size;
  }

  /** @returns how many blocks ran since it was asked last that never ran before. */
  take(): number {
    let found = 0;
    // Called back before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (_, taken: Profiler.TakePreciseCoverageReturnType) => {
      for (const { url, functions } of taken.result) {
        if (!this.#scripts.test(url)) continue;
        for (const { ranges } of functions) {
          for (const { startOffset, endOffset, count } of ranges) {
            const block = `${url} ${startOffset} ${endOffset}`;
            if (count === 0 || this.#blocks.has(block)) continue;
            this.#blocks.add(block);
            found++;
          }
        }
      }
    });
    return found;
  }

  close(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }
}
