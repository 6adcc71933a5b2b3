import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { AvatarError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { isMissing, syncFolder, writeDurably } from './durable-file.ts';

const ID = /^[a-z0-9-]{1,64}$/;

const recordSchema = z.object({
  id: z.string().regex(ID),
  name: z.string(),
  /** Whose picture it is, where it came with the program. */
  credit: z.string(),
  builtIn: z.boolean(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  consent: z.object({ text: z.string(), time: z.string(), scope: z.string() }),
  /** SHA-256 of the key of the browser that uploaded it: only that browser sees and deletes it. */
  ownerSha256: z.string(),
  createdAt: z.string(),
  thumbnailType: z.string(),
  enrolledBy: z.string(),
  /** Perceptual hash of the face (`likenessOf`); records of older versions have none. */
  likeness: z.string().optional(),
  /** Of the avatar file, by which a damaged one is known; likewise. */
  avatarSha256: z.string().optional(),
  /** What the portrait takes of the disk; likewise. */
  storedBytes: z.number().optional(),
});

/** What the store knows about a portrait; kept beside its avatar. */
export type PortraitRecord = Readonly<z.infer<typeof recordSchema>>;

export interface PortraitFilesOptions {
  readonly folder: string;
  /** Where folders go that cannot be used; a person may look at them, the program does not. */
  readonly quarantineFolder: string;
  readonly log: Logger;
  readonly now: () => Date;
}

/** A draft of this age was left behind by a process that ended; a younger one may be another process at work. */
const DRAFT_MS = 3_600_000;

/** Portraits on the disk: `<folder>/<id>/{record.json, face.avatar, thumbnail}`, each there whole or not at all. */
export class PortraitFiles {
  readonly #options: PortraitFilesOptions;

  constructor(options: PortraitFilesOptions) {
    this.#options = options;
  }

  /** @returns all records. What is damaged goes to quarantine, what was left half done goes away. */
  async readAll(): Promise<PortraitRecord[]> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true });
    const records: PortraitRecord[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      if (entry.name.startsWith('.')) {
        await this.#removeDraft(entry.name);
        continue;
      }
      const record = await this.read(entry.name);
      if (record === undefined) await this.quarantine(entry.name, 'its record is missing or damaged');
      else records.push(record);
    }
    return records;
  }

  /** @returns the record, or `undefined` where there is none that can be understood. */
  async read(id: string): Promise<PortraitRecord | undefined> {
    if (!ID.test(id)) return undefined;
    try {
      const record = recordSchema.parse(JSON.parse(await readFile(this.#path(id, 'record.json'), 'utf8')));
      return record.id === id ? record : undefined;
    } catch (thrown) {
      if (!isMissing(thrown)) {
        this.#options.log.warn('portrait.unreadable', { portraitId: id, message: messageOf(thrown) });
      }
      return undefined;
    }
  }

  /** @throws AvatarError `AVATAR_CORRUPT` when the file is missing or not the one that was written. */
  async readAvatar({ id, avatarSha256 }: PortraitRecord): Promise<Uint8Array> {
    try {
      const avatar = await readFile(this.#path(id, 'face.avatar'));
      if (avatarSha256 === undefined || avatarSha256 === sha256Of(avatar)) return avatar;
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
    }
    throw new AvatarError('AVATAR_CORRUPT', 'Cannot use this portrait: its file is damaged; upload the picture again');
  }

  readThumbnail(id: string): Promise<Uint8Array> {
    return readFile(this.#path(id, 'thumbnail'));
  }

  /** Writes beside and moves into place: a reader sees all of it or nothing, also after a crash. */
  async write(
    record: Omit<PortraitRecord, 'avatarSha256' | 'storedBytes'>,
    avatar: Uint8Array,
    thumbnail: Uint8Array,
  ): Promise<PortraitRecord> {
    const { folder } = this.#options;
    const whole = { ...record, avatarSha256: sha256Of(avatar), storedBytes: avatar.length + thumbnail.length };
    const draft = join(folder, `.${record.id}-${randomBytes(4).toString('hex')}`);
    try {
      await mkdir(draft, { recursive: true, mode: 0o700 });
      await writeDurably(join(draft, 'face.avatar'), avatar);
      await writeDurably(join(draft, 'thumbnail'), thumbnail);
      await writeDurably(join(draft, 'record.json'), JSON.stringify(whole, null, 2));
      await this.#moveIn(draft, record.id);
      await syncFolder(folder);
    } finally {
      await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    }
    return whole;
  }

  /** Away under this name at once, so that nothing is left half deleted. */
  async remove(id: string): Promise<void> {
    const { folder } = this.#options;
    const away = join(folder, `.${id}-${randomBytes(4).toString('hex')}`);
    try {
      await rename(join(folder, id), away);
    } catch (thrown) {
      if (isMissing(thrown)) return;
      throw thrown;
    }
    await rm(away, { recursive: true, force: true });
  }

  async quarantine(id: string, reason: string): Promise<void> {
    const { folder, quarantineFolder, log } = this.#options;
    try {
      await mkdir(quarantineFolder, { recursive: true });
      const name = `${id.slice(0, 64)}-${randomBytes(4).toString('hex')}`;
      await rename(join(folder, id), join(quarantineFolder, name));
      log.warn('portrait.quarantined', { portraitId: id, reason, name });
    } catch (thrown) {
      log.warn('portrait.not-quarantined', { portraitId: id, message: messageOf(thrown) });
    }
  }

  /** Remembers that the portrait was used now. */
  async touch(id: string): Promise<void> {
    const now = this.#options.now();
    await utimes(this.#path(id, 'face.avatar'), now, now);
  }

  /** @returns when the portrait was used last, ms since 1970, or `undefined` where that cannot be told. */
  async usedAtMs(id: string): Promise<number | undefined> {
    return (await stat(this.#path(id, 'face.avatar')).catch(() => undefined))?.mtimeMs;
  }

  async #moveIn(draft: string, id: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.remove(id);
      try {
        await rename(draft, join(this.#options.folder, id));
        return;
      } catch (thrown) {
        // Another process that shares the folder may have put its own there meanwhile.
        if (attempt === 3) throw thrown;
      }
    }
  }

  async #removeDraft(name: string): Promise<void> {
    const path = join(this.#options.folder, name);
    const { mtimeMs } = await stat(path);
    // Of the future, where the clock was set back.
    const isOld = Math.abs(this.#options.now().getTime() - mtimeMs) > DRAFT_MS;
    if (isOld) await rm(path, { recursive: true, force: true });
  }

  #path(id: string, file: string): string {
    return join(this.#options.folder, id, file);
  }
}

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
