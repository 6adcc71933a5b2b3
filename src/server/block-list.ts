import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Hashes of portraits that the operator withdrew: never enrolled again, never animated again. */
export class BlockList {
  readonly #path: string;
  readonly #blocked: Map<string, string>;

  private constructor(path: string, blocked: Map<string, string>) {
    this.#path = path;
    this.#blocked = blocked;
  }

  static async open(path: string): Promise<BlockList> {
    let entries: [string, string][] = [];
    try {
      entries = Object.entries(JSON.parse(await readFile(path, 'utf8')) as Record<string, string>);
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
    }
    return new BlockList(path, new Map(entries));
  }

  /** Whether the portrait with this SHA-256 (hexadecimal) is blocked. */
  has(sha256: string): boolean {
    return this.#blocked.has(sha256);
  }

  entries(): { readonly sha256: string; readonly reason: string }[] {
    return [...this.#blocked].map(([sha256, reason]) => ({ sha256, reason }));
  }

  async add(sha256: string, reason: string): Promise<void> {
    this.#blocked.set(sha256, reason);
    await this.#save();
  }

  /** @returns whether it was blocked. */
  async delete(sha256: string): Promise<boolean> {
    const was = this.#blocked.delete(sha256);
    if (was) await this.#save();
    return was;
  }

  async #save(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.draft`;
    await writeFile(draft, JSON.stringify(Object.fromEntries(this.#blocked), null, 2));
    await rename(draft, this.#path);
  }
}
