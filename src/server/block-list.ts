import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { AvatarError, messageOf } from '../base/errors.ts';
import type { Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/logger.ts';
import { similarity } from '../media/portrait/likeness.ts';
import { isMissing, syncFolder, writeDurably } from './durable-file.ts';

const blockSchema = z.object({
  reason: z.string().default(''),
  /** Of the portrait's crop (`likenessOf`), by which the same picture saved again is known. */
  likeness: z.string().optional(),
});

export type Block = Readonly<z.infer<typeof blockSchema>>;

export interface BlockListOptions {
  /** One file for each block, named by the hash. */
  readonly folder: string;
  readonly log: Logger;
  /** How often the folder is read again, besides when the system tells of a change; not all file systems tell. */
  readonly pollMs?: number;
}

const POLL_MS = 2000;
const FILE_NAME = /^([0-9a-f]{64})\.json$/;

interface Entry extends Block {
  /** A block that could not be saved holds in this process, and is tried again. */
  isSaved: boolean;
  isSaving: boolean;
}

/**
 * Portraits that the operator withdrew: never enrolled again, never animated again. Each block is a file, so processes
 * that share the folder add blocks without overwriting each other's, and see each other's.
 */
export class BlockList implements Closable {
  readonly #options: BlockListOptions;
  readonly #blocks = new Map<string, Entry>();
  readonly #listeners: (() => void)[] = [];
  /** What `likeBlocked` found since the last change: it is asked for every portrait of every list. */
  readonly #similarities = new Map<string, number>();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #readAgain = false;

  private constructor(options: BlockListOptions) {
    this.#options = options;
  }

  /** @throws Error when the folder cannot be read: a server that does not know what is blocked must not start. */
  static async open(options: BlockListOptions): Promise<BlockList> {
    const list = new BlockList(options);
    await mkdir(options.folder, { recursive: true });
    await list.#readFolder();
    list.#watch();
    return list;
  }

  /** Whether the portrait with this SHA-256 (hexadecimal) is blocked. */
  has(sha256: string): boolean {
    return this.#blocks.has(sha256);
  }

  /**
   * Looks for the blocked portrait that a picture is most like.
   * @param likeness - of the picture's crop.
   * @returns the share of equal bits, or 0 when no block has a likeness.
   */
  likeBlocked(likeness: string): number {
    let most = this.#similarities.get(likeness);
    if (most === undefined) {
      most = 0;
      for (const block of this.#blocks.values()) {
        if (block.likeness !== undefined) most = Math.max(most, similarity(block.likeness, likeness));
      }
      this.#similarities.set(likeness, most);
    }
    return most;
  }

  /** @returns each block with its hash. */
  entries(): (Block & { readonly sha256: string; readonly isSaved: boolean })[] {
    return [...this.#blocks].map(([sha256, { reason, likeness, isSaved }]) => ({ sha256, reason, likeness, isSaved }));
  }

  /** Calls `listener` when another process has added or taken away a block. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Blocks at once; what can fail is only the saving.
   * @throws Error what the system says of the file. The block holds all the same, and is saved as soon as that works.
   */
  async add(sha256: string, block: Block): Promise<void> {
    const entry = { ...block, isSaved: false, isSaving: false };
    this.#blocks.set(sha256, entry);
    this.#similarities.clear();
    await this.#save(sha256, entry);
  }

  /** @returns whether it was blocked. @throws Error when the file stays; the portrait stays blocked then. */
  async delete(sha256: string): Promise<boolean> {
    const was = this.#blocks.has(sha256);
    if (was) {
      await rm(this.#pathOf(sha256), { force: true });
      this.#blocks.delete(sha256);
      this.#similarities.clear();
      await syncFolder(this.#options.folder);
    }
    return was;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watcher?.close();
  }

  async #save(sha256: string, entry: Entry): Promise<void> {
    const { reason, likeness } = entry;
    entry.isSaving = true;
    try {
      await writeDurably(this.#pathOf(sha256), JSON.stringify({ reason, likeness }, null, 2));
      entry.isSaved = true;
    } finally {
      entry.isSaving = false;
    }
  }

  #pathOf(sha256: string): string {
    return join(this.#options.folder, `${sha256}.json`);
  }

  #watch(): void {
    const { folder, log, pollMs = POLL_MS } = this.#options;
    this.#timer = setInterval(() => void this.#refresh(), pollMs);
    this.#timer.unref();
    try {
      this.#watcher = watch(folder, { persistent: false }, () => void this.#refresh());
      // The folder is read at intervals all the same.
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch (thrown) {
      log.warn('blocks.not-watched', { message: messageOf(thrown) });
    }
  }

  /** One reading at a time; a change during one is met by another after it. */
  async #refresh(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#readAgain = true;
      return this.#reading;
    }
    this.#reading = this.#readChanges();
    await this.#reading;
    this.#reading = undefined;
    if (!this.#readAgain) return;
    this.#readAgain = false;
    await this.#refresh();
  }

  async #readChanges(): Promise<void> {
    const { log } = this.#options;
    try {
      const before = [...this.#blocks.keys()].sort().join();
      await this.#readFolder();
      if ([...this.#blocks.keys()].sort().join() !== before) {
        this.#similarities.clear();
        for (const listener of this.#listeners) listener();
      }
      for (const [sha256, entry] of this.#blocks)
        if (!entry.isSaved && !entry.isSaving) await this.#save(sha256, entry);
    } catch (thrown) {
      log.error('blocks.not-read', { message: messageOf(thrown) });
    }
  }

  async #readFolder(): Promise<void> {
    const { folder } = this.#options;
    const here = new Map([...this.#blocks].filter(([, { isSaved }]) => isSaved));
    const names = await readdir(folder);
    const found = new Set(names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []));
    // What was saved and is not there any more, another process has taken away. What came meanwhile stays.
    for (const [sha256, entry] of here) {
      if (!found.has(sha256) && this.#blocks.get(sha256) === entry) this.#blocks.delete(sha256);
    }
    for (const sha256 of found) {
      if (this.#blocks.has(sha256)) continue;
      const block = await this.#read(sha256);
      if (block !== undefined && !this.#blocks.has(sha256))
        this.#blocks.set(sha256, { ...block, isSaved: true, isSaving: false });
    }
  }

  /** A file that cannot be understood still blocks: its name says all that matters. */
  async #read(sha256: string): Promise<Block | undefined> {
    try {
      return blockSchema.parse(JSON.parse(await readFile(this.#pathOf(sha256), 'utf8')));
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      this.#options.log.warn('blocks.damaged', { sha256, message: messageOf(thrown) });
      return { reason: '' };
    }
  }
}

/**
 * Takes over the single file in which blocks were kept before, where there is one.
 * @throws AvatarError `CONFIG_INVALID` when it is damaged: a server that does not know what is blocked must not start.
 */
export async function importBlocks(path: string, blocks: BlockList): Promise<void> {
  try {
    const entries = z.record(z.string().regex(/^[0-9a-f]{64}$/), z.string());
    for (const [sha256, reason] of Object.entries(entries.parse(JSON.parse(await readFile(path, 'utf8'))))) {
      if (!blocks.has(sha256)) await blocks.add(sha256, { reason });
    }
    await rename(path, `${path}.imported`);
  } catch (cause) {
    if (isMissing(cause)) return;
    throw new AvatarError('CONFIG_INVALID', `Cannot take over the blocks in ${path}: ${messageOf(cause)}`, { cause });
  }
}
