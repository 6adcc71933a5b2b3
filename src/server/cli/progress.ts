import { SingleBar } from 'cli-progress';
import type { Closable } from '../../base/lifecycle.ts';
import { systemClock } from '../../base/clock.ts';

export interface ProgressOptions {
  /** What is being counted: `frames`. */
  readonly unit: string;
  readonly quiet: boolean;
  readonly stream?: NodeJS.WriteStream;
}

/** Lines in a log need not come faster. */
const LINE_INTERVAL_US = 2_000_000;

/** How far a command has come, on stderr: a bar on a terminal, a plain line now and then anywhere else. */
export class Progress implements Closable {
  readonly #options: ProgressOptions;
  readonly #stream: NodeJS.WriteStream;
  readonly #startUs = systemClock.now();
  #bar: SingleBar | undefined;
  #lastLineUs = systemClock.now();
  #stage = '';

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#stream = options.stream ?? process.stderr;
  }

  /** @param total - when it is known. */
  update(done: number, total: number | undefined): void {
    if (this.#options.quiet) return;
    if (this.#stream.isTTY) this.#drawBar(done, total);
    else if (systemClock.now() - this.#lastLineUs >= LINE_INTERVAL_US) this.#line(done, total);
  }

  /** Says what is being done, where there is nothing to count. */
  stage(name: string): void {
    if (this.#options.quiet || name === this.#stage) return;
    this.#stage = name;
    if (this.#stream.isTTY) this.#stream.write(`\r\u001B[K${name} …`);
    else if (systemClock.now() - this.#lastLineUs >= LINE_INTERVAL_US) {
      this.#lastLineUs = systemClock.now();
      this.#stream.write(`${name} …\n`);
    }
  }

  close(): void {
    this.#bar?.stop();
    if (this.#stage !== '' && this.#stream.isTTY) this.#stream.write('\r\u001B[K');
    this.#bar = undefined;
  }

  #drawBar(done: number, total: number | undefined): void {
    const rate = this.#rate(done);
    if (this.#bar === undefined) {
      const format = `{bar} {percentage}% | {value}/{total} ${this.#options.unit} | {rate}/s`;
      this.#bar = new SingleBar({
        format,
        stream: this.#stream,
        clearOnComplete: true,
        hideCursor: true,
        etaBuffer: 50,
      });
      this.#bar.start(total ?? done, done, { rate });
    }
    this.#bar.setTotal(Math.max(done, total ?? done));
    this.#bar.update(done, { rate });
  }

  #line(done: number, total: number | undefined): void {
    this.#lastLineUs = systemClock.now();
    const share = total === undefined || total === 0 ? '' : ` of ${total} (${Math.floor((100 * done) / total)} %)`;
    this.#stream.write(`${done}${share} ${this.#options.unit}, ${this.#rate(done)}/s\n`);
  }

  #rate(done: number): string {
    return (done / Math.max(1e-6, (systemClock.now() - this.#startUs) / 1e6)).toFixed(0);
  }
}
