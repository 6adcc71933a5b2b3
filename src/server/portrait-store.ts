import { randomBytes } from 'node:crypto';

import { isSameSecret } from '../../signaling/secret.ts';
import { AvatarError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { LIVE_CALL_SCOPE } from '../media/portrait/consent.ts';
import { similarity } from '../media/portrait/likeness.ts';
import type { AvatarSource } from '../peer/avatar-peer.ts';
import type { AuditLog } from './audit-log.ts';
import type { BlockList } from './block-list.ts';
import { readBuiltInPortraits } from './built-in-portraits.ts';
import type { Enrolled, Enroller } from './enroller.ts';
import { readPrepared, readPreview } from './prepared-portraits.ts';
import { PortraitFiles, sha256Of, type PortraitRecord } from './portrait-files.ts';

export type { PortraitRecord } from './portrait-files.ts';

/** The scope of a consent by which everybody may use a portrait whose id they were told. */
const PUBLIC_SCOPE = 'public';

/** Turns a portrait into an `.avatar` file and a small picture of it. */
/** A portrait beside one that is blocked. */
export interface AlikePortrait {
  readonly portraitId: string;
  /** Share of equal bits of the two hashes, 0..1. */
  readonly similarity: number;
  /** Whether it is so much alike that it is blocked too. */
  readonly blocked: boolean;
}

export interface PortraitStoreOptions {
  readonly folder: string;
  readonly quarantineFolder: string;
  /** `portraits.json` and the pictures that come with the program. */
  readonly builtInFolder: string;
  /** Where set-up has enrolled them, so that this process need not; what is missing there is enrolled here. */
  readonly preparedFolder: string;
  readonly enroller: Enroller;
  readonly audit: AuditLog;
  readonly blocks: BlockList;
  readonly log: Logger;
  readonly now: () => Date;
  /** Portraits kept; one more is refused. */
  readonly limit: number;
  /** Of one owner. */
  readonly limitPerOwner: number;
  /** What uploads may take of the disk. */
  readonly diskBudgetBytes: number;
}

/**
 * Faces whose hashes are more alike than this are of one picture. Of 35 portraits (bench/likeness.ts), two different pictures
 * are alike by 0.734 at most; one picture that was scaled, brightened, cut, framed, turned or mirrored by 0.951 at least, and
 * one that somebody coloured or cropped anew by 0.895.
 */
const SAME_PICTURE = 0.85;
/** From here on a person has to look. */
const PERHAPS_SAME_PICTURE = 0.78;
/** Deleted portraits whose calls may still go on. */
const REMEMBERED = 1000;

/** Avatars kept in memory after their last use, about a megabyte each; calls hold theirs themselves. */
const KEPT_AVATARS = 16;
/** Of a portrait whose record does not say it. */
const USUAL_BYTES = 1_000_000;

/** The portraits of this process. The picture that was given is not kept. */
export class PortraitStore implements AvatarSource {
  readonly #options: PortraitStoreOptions;
  readonly #files: PortraitFiles;
  readonly #records = new Map<string, PortraitRecord>();
  /** The last that were deleted: a block still has to find their calls. */
  readonly #deleted = new Map<string, PortraitRecord>();
  /** In the order of their last use. */
  readonly #avatars = new Map<string, Promise<Uint8Array>>();
  readonly #arriving = new Map<string, Promise<unknown>>();
  #first: string | undefined;

  private constructor(options: PortraitStoreOptions) {
    this.#options = options;
    this.#files = new PortraitFiles(options);
  }

  /** Reads what is there; portraits that come with the program are enrolled in the background where they are not yet. */
  static async open(options: PortraitStoreOptions): Promise<PortraitStore> {
    const store = new PortraitStore(options);
    for (const record of await store.#files.readAll()) store.#records.set(record.id, record);
    await store.#enrolBuiltIns();
    return store;
  }

  /** Resolves as `isReady` becomes true. */
  async ready(): Promise<void> {
    if (this.#first !== undefined) await this.#arriving.get(this.#first);
  }

  /** Whether there is a portrait to begin with: the first of the program's; the others may still be on their way. */
  get isReady(): boolean {
    return this.#first === undefined || !this.#arriving.has(this.#first);
  }

  /** The portrait that a new page begins with, also while it is being enrolled: whoever asks for it then waits for it. */
  get first(): string | undefined {
    return this.isReady ? this.list('')[0]?.id : this.#first;
  }

  /** Portraits of the program that are still being enrolled. */
  get arriving(): number {
    return this.#arriving.size;
  }

  /** Those of the program and those of the owner, oldest first. `undefined` lists all: for the operator. */
  list(ownerKey: string | undefined): PortraitRecord[] {
    const owner = ownerKey === undefined ? undefined : sha256Of(ownerKey);
    return [...this.#records.values()]
      .filter((record) => record.builtIn || owner === undefined || record.ownerSha256 === owner)
      .filter((record) => !this.#isBlocked(record))
      .sort((a, b) => Number(b.builtIn) - Number(a.builtIn) || a.createdAt.localeCompare(b.createdAt));
  }

  /** @throws AvatarError `PORTRAIT_UNKNOWN` or `PORTRAIT_BLOCKED`. */
  record(id: string): PortraitRecord {
    const record = this.#records.get(id);
    if (record === undefined) throw new AvatarError('PORTRAIT_UNKNOWN', `There is no portrait "${id.slice(0, 64)}"`);
    if (this.#isBlocked(record)) {
      throw new AvatarError('PORTRAIT_BLOCKED', 'This portrait was withdrawn by the operator');
    }
    return record;
  }

  async load(id: string, ownerKey?: string): Promise<Uint8Array> {
    await this.#arriving.get(id);
    // Another process that shares the folder may have taken an upload.
    if (!this.#records.has(id)) {
      const record = await this.#files.read(id);
      if (record !== undefined) this.#records.set(id, record);
    }
    this.requireUse(id, ownerKey);
    const record = this.record(id);
    const loading = this.#avatars.get(id) ?? this.#loadAvatar(record);
    this.#avatars.delete(id);
    this.#avatars.set(id, loading);
    const [oldest] = this.#avatars.keys();
    if (this.#avatars.size > KEPT_AVATARS && oldest !== undefined) this.#avatars.delete(oldest);
    return loading;
  }

  /** Avatars in memory that no call has to hold. */
  get keptAvatars(): number {
    return this.#avatars.size;
  }

  /** @returns a portrait of the program moving for a few seconds, as a WebP; nothing where set-up made none. */
  async preview(id: string): Promise<Uint8Array | undefined> {
    return this.record(id).builtIn ? readPreview(this.#options.preparedFolder, id) : undefined;
  }

  async thumbnail(id: string): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array }> {
    await this.#arriving.get(id);
    const record = this.record(id);
    return {
      mediaType: record.thumbnailType,
      bytes: await this.#files.readThumbnail(record.id),
    };
  }

  /**
   * Enrols an upload under a new id.
   * @throws AvatarError `CAPACITY_FULL`, `PORTRAIT_BLOCKED`, or what enrolment says.
   */
  async add(upload: {
    readonly image: Uint8Array;
    readonly name: string;
    readonly consent: string;
    readonly scope: string;
    readonly ownerKey: string;
    /** Who takes turns with others: the address, because anybody can make up any number of owner keys. */
    readonly from?: string | undefined;
  }): Promise<PortraitRecord> {
    this.#requireRoom(sha256Of(upload.ownerKey));
    // 80 bits: an id in a link is also the only key to the face behind it.
    const id = `p-${randomBytes(10).toString('hex')}`;
    const wish = {
      id,
      name: upload.name,
      credit: '',
      builtIn: false,
      consent: { text: upload.consent, scope: upload.scope, time: this.#options.now().toISOString() },
      ownerSha256: sha256Of(upload.ownerKey),
    };
    return this.#enrol(upload.image, wish, upload.from);
  }

  /** An upload has begun: what enrolment needs is made ready while it comes. */
  prepare(): void {
    this.#options.enroller.prepare?.();
  }

  /**
   * Deletes uploads that nobody has used since `before`, at most `most`, the longest unused first: a clock that jumps
   * must not empty the store.
   * @returns how many.
   */
  async deleteUnused(before: Date, most: number): Promise<number> {
    const unused: { readonly id: string; readonly usedAtMs: number }[] = [];
    for (const { id, builtIn } of this.#records.values()) {
      const usedAtMs = builtIn ? undefined : await this.#files.usedAtMs(id);
      if (usedAtMs !== undefined && usedAtMs < before.getTime()) unused.push({ id, usedAtMs });
    }
    const due = unused.sort((a, b) => a.usedAtMs - b.usedAtMs).slice(0, most);
    for (const { id } of due) if (this.#records.has(id)) await this.delete(id);
    return due.length;
  }

  /** Whether `ownerKey` is that of the browser that uploaded the portrait. */
  isOwner(id: string, ownerKey: string): boolean {
    const { ownerSha256, builtIn } = this.record(id);
    return !builtIn && isSameSecret(ownerSha256, sha256Of(ownerKey));
  }

  /**
   * Lets whoever uploaded the portrait use it, and everybody one that is public by its record: it came with the program,
   * or consent was given in that scope.
   * @throws AvatarError `PORTRAIT_PRIVATE`, or as `record` does.
   */
  requireUse(id: string, ownerKey: string | undefined): void {
    const { builtIn, consent } = this.record(id);
    if (builtIn || consent.scope === PUBLIC_SCOPE || (ownerKey !== undefined && this.isOwner(id, ownerKey))) return;
    throw new AvatarError('PORTRAIT_PRIVATE', 'Only the browser that uploaded this portrait may use it');
  }

  /** @throws AvatarError `PORTRAIT_UNKNOWN`. */
  async delete(id: string): Promise<void> {
    const record = this.#records.get(id);
    if (record === undefined) throw new AvatarError('PORTRAIT_UNKNOWN', `There is no portrait "${id.slice(0, 64)}"`);
    this.#records.delete(id);
    this.#avatars.delete(id);
    this.#deleted.set(id, record);
    const [oldest] = this.#deleted.keys();
    if (this.#deleted.size > REMEMBERED && oldest !== undefined) this.#deleted.delete(oldest);
    await this.#files.remove(id);
    await this.#options.audit.append(
      { event: 'deleted', portraitId: id, portraitSha256: record.sha256 },
      this.#options.now(),
    );
  }

  /** Portraits that may not be used any more, those deleted lately too: whose sessions a kill switch ends. */
  blockedIds(): string[] {
    return [...this.#records.values(), ...this.#deleted.values()]
      .filter((record) => this.#isBlocked(record))
      .map(({ id }) => id);
  }

  /** @returns the likeness of the portrait with this hash, if one is known. */
  likenessOf(sha256: string): string | undefined {
    const records = [...this.#records.values(), ...this.#deleted.values()];
    return records.find((record) => record.sha256 === sha256 && record.likeness !== undefined)?.likeness;
  }

  /** @returns other pictures than the one with this hash that look like it, most alike first. */
  alike(sha256: string): AlikePortrait[] {
    const likeness = this.likenessOf(sha256);
    if (likeness === undefined) return [];
    return [...this.#records.values()]
      .filter((record) => record.sha256 !== sha256 && record.likeness !== undefined)
      .map((record) => ({ portraitId: record.id, similarity: similarity(likeness, record.likeness ?? '') }))
      .filter((found) => found.similarity >= PERHAPS_SAME_PICTURE)
      .map((found) => ({ ...found, blocked: found.similarity >= SAME_PICTURE }))
      .sort((x, y) => y.similarity - x.similarity);
  }

  #isBlocked({ sha256, likeness }: Pick<PortraitRecord, 'sha256' | 'likeness'>): boolean {
    const { blocks } = this.#options;
    return blocks.has(sha256) || (likeness !== undefined && blocks.likeBlocked(likeness) >= SAME_PICTURE);
  }

  #requireRoom(ownerSha256: string): void {
    const { limit, limitPerOwner, diskBudgetBytes } = this.#options;
    const uploads = [...this.#records.values()].filter(({ builtIn }) => !builtIn);
    const own = uploads.filter((record) => record.ownerSha256 === ownerSha256).length;
    const storedBytes = uploads.reduce((sum, record) => sum + (record.storedBytes ?? USUAL_BYTES), 0);
    if (own >= limitPerOwner) {
      throw new AvatarError('CAPACITY_FULL', `Cannot keep more than ${limitPerOwner} portraits of yours: delete some`);
    }
    if (uploads.length >= limit || storedBytes >= diskBudgetBytes) {
      throw new AvatarError(
        'CAPACITY_FULL',
        'Cannot keep more portraits: the space for uploads on this server is full',
      );
    }
  }

  async #loadAvatar(record: PortraitRecord): Promise<Uint8Array> {
    try {
      const avatar = await this.#files.readAvatar(record);
      await this.#files.touch(record.id).catch(() => undefined);
      return shared(avatar);
    } catch (thrown) {
      this.#avatars.delete(record.id);
      if (thrown instanceof AvatarError && thrown.code === 'AVATAR_CORRUPT') {
        this.#records.delete(record.id);
        await this.#files.quarantine(record.id, thrown.message);
      }
      throw thrown;
    }
  }

  /** Whether a portrait of the program is there, whole, and as this version makes it. */
  async #isCurrent(record: PortraitRecord | undefined, sha256: string): Promise<boolean> {
    if (record?.sha256 !== sha256 || record.enrolledBy !== this.#options.enroller.version) return false;
    if (record.avatarSha256 === undefined) return false;
    return this.#files.readAvatar(record).then(
      () => true,
      () => false,
    );
  }

  async #enrolBuiltIns(): Promise<void> {
    const { builtInFolder, enroller, log, now, preparedFolder } = this.#options;
    const list = await readBuiltInPortraits(builtInFolder);
    this.#first = list[0]?.id;
    // One after the other: each takes a core for a second, and the first of the list is the one a new page shows.
    let before: Promise<unknown> = Promise.resolve();
    for (const { id, name, credit, consent, image } of list) {
      const sha256 = sha256Of(image);
      if (await this.#isCurrent(this.#records.get(id), sha256)) continue;
      this.#records.delete(id);
      const about = { id, name, credit, builtIn: true, ownerSha256: '' };
      const prepared = await readPrepared(preparedFolder, id, { version: enroller.version, sha256 });
      const given = { text: consent, scope: LIVE_CALL_SCOPE, time: now().toISOString() };
      const arriving = before
        .then(() =>
          prepared?.consent.text === consent
            ? this.#keep(prepared.enrolled, sha256, { ...about, consent: prepared.consent })
            : this.#enrol(image, { ...about, consent: given }),
        )
        .catch((thrown: unknown) => {
          log.error('portrait.not-enrolled', { portraitId: id, message: messageOf(thrown) });
        });
      before = arriving;
      this.#arriving.set(id, arriving);
      void arriving.then(() => this.#arriving.delete(id));
    }
  }

  async #enrol(image: Uint8Array, wish: PortraitWish, owner?: string): Promise<PortraitRecord> {
    const { blocks, enroller } = this.#options;
    const sha256 = sha256Of(image);
    if (blocks.has(sha256)) throw new AvatarError('PORTRAIT_BLOCKED', 'This portrait was withdrawn by the operator');
    return this.#keep(await enroller.enrol(image, wish.consent, owner === undefined ? {} : { owner }), sha256, wish);
  }

  async #keep({ avatar, likeness, thumbnail }: Enrolled, sha256: string, wish: PortraitWish): Promise<PortraitRecord> {
    const { audit, enroller, log, now } = this.#options;
    const made = {
      ...wish,
      sha256,
      createdAt: now().toISOString(),
      thumbnailType: thumbnail.mediaType,
      enrolledBy: enroller.version,
      ...(likeness === undefined ? {} : { likeness }),
    };
    // The operator may have blocked it meanwhile, or another picture of it before.
    if (this.#isBlocked(made)) {
      throw new AvatarError('PORTRAIT_BLOCKED', 'This portrait was withdrawn by the operator');
    }
    const consent = `${wish.consent.scope}: ${wish.consent.text}`;
    let record: PortraitRecord;
    try {
      record = await this.#files.write(made, avatar, thumbnail.bytes);
      // No portrait is used whose consent is not on record.
      await audit.append({ event: 'enrolled', portraitId: wish.id, portraitSha256: sha256, consent }, now());
    } catch (thrown) {
      await this.#files.remove(wish.id).catch(() => undefined);
      log.error('portrait.not-saved', { portraitId: wish.id, message: messageOf(thrown) });
      throw new AvatarError('STORAGE_FAILED', 'Cannot keep the portrait: this server cannot write to its disk now');
    }
    this.#avatars.delete(wish.id);
    this.#records.set(wish.id, record);
    log.info('portrait.enrolled', { portraitId: wish.id, avatarBytes: avatar.byteLength });
    return record;
  }
}

type PortraitWish = Pick<PortraitRecord, 'id' | 'name' | 'credit' | 'builtIn' | 'consent' | 'ownerSha256'>;

/** Threads share one copy instead of being sent one each. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}
