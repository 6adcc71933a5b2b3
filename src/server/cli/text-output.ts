import type { Closable } from '../../base/lifecycle.ts';
import { OutputFile } from '../../native/codec/output-file.ts';
import { STANDARD_STREAM } from './output-path.ts';
import { writeToStandardOutput } from './standard-output.ts';

/** Lines are gathered to this length, so that a frame does not cost a system call. */
const FLUSH_CHARACTERS = 65_536;

/** Text on its way to a file that appears when it is whole, or to standard output (`-`). */
export class TextOutput implements Closable {
  readonly #file: OutputFile | undefined;
  #gathered = '';

  private constructor(file: OutputFile | undefined) {
    this.#file = file;
  }

  /** @throws AvatarError `OUTPUT_FAILED`. */
  static open(path: string, options: { readonly replace: boolean }): TextOutput {
    return new TextOutput(path === STANDARD_STREAM ? undefined : OutputFile.open(path, options));
  }

  async line(text: string): Promise<void> {
    this.#gathered += `${text}\n`;
    if (this.#gathered.length >= FLUSH_CHARACTERS) await this.#flush();
  }

  async commit(): Promise<void> {
    await this.#flush();
    this.#file?.commit();
  }

  close(): void {
    this.#file?.close();
  }

  async #flush(): Promise<void> {
    const text = this.#gathered;
    this.#gathered = '';
    if (this.#file !== undefined) this.#file.write(text);
    else await writeToStandardOutput(text);
  }
}
