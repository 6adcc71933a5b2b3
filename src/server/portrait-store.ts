import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AvatarError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ConsentRecord } from '../media/portrait/consent.ts';
import { similarity } from '../media/portrait/likeness.ts';
import type { AvatarSource } from '../peer/avatar-peer.ts';
import type { AuditLog } from './audit-log.ts';
import type { BlockList } from './block-list.ts';

/** The scope of a consent by which everybody may use a portrait whose id they were told. */
const PUBLIC_SCOPE = 'public';

/** Turns a portrait into an `.avatar` file and a small picture of it. */
export interface Enroller {
  /** @throws AvatarError `IMAGE_…`, `FACE_…` or `CONSENT_MISSING`. */
  enrol(image: Uint8Array, consent: ConsentRecord): Promise<Enrolled>;
  /** Changes whenever enrolment would give another result: portraits that came with the program are then done anew. */
  readonly version: string;
}

export interface Enrolled {
  readonly avatar: Uint8Array;
  /** Perceptual hash of the face. */
  readonly likeness?: string;
  readonly thumbnail: { readonly mediaType: string; readonly bytes: Uint8Array };
}

/** What the store knows about a portrait; kept beside its avatar. */
export interface PortraitRecord {
  readonly id: string;
  readonly name: string;
  /** Whose picture it is, where it came with the program. */
  readonly credit: string;
  readonly builtIn: boolean;
  readonly sha256: string;
  readonly consent: ConsentRecord;
  /** SHA-256 of the key of the browser that uploaded it: only that browser sees and deletes it. */
  readonly ownerSha256: string;
  readonly createdAt: string;
  readonly thumbnailType: string;
  readonly enrolledBy: string;
  /** Perceptual hash of the face (`likenessOf`); records of older versions have none. */
  readonly likeness?: string | undefined;
}

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
  /** `portraits.json` and the pictures that come with the program. */
  readonly builtInFolder: string;
  readonly enroller: Enroller;
  readonly audit: AuditLog;
  readonly blocks: BlockList;
  readonly log: Logger;
  readonly now: () => Date;
  /** Portraits kept; one more is refused. */
  readonly limit: number;
}

interface BuiltIn {
  readonly id: string;
  readonly file: string;
  readonly name: string;
  readonly credit: string;
  readonly consent: string;
}

/** Faces whose hashes are more alike than this are of one picture: measured by bench/likeness.ts. */
const SAME_PICTURE = 0.85;
/** From here on a person has to look. */
const PERHAPS_SAME_PICTURE = 0.78;
/** Deleted portraits whose calls may still go on. */
const REMEMBERED = 1000;

/** Portraits as files: `<folder>/<id>/{record.json, face.avatar, thumbnail}`. The picture that was given is not kept. */
export class PortraitStore implements AvatarSource {
  readonly #options: PortraitStoreOptions;
  readonly #records = new Map<string, PortraitRecord>();
  /** The last that were deleted: a block still has to find their calls. */
  readonly #deleted = new Map<string, PortraitRecord>();
  readonly #avatars = new Map<string, Promise<Uint8Array>>();
  readonly #arriving = new Map<string, Promise<unknown>>();
  #first: string | undefined;

  private constructor(options: PortraitStoreOptions) {
    this.#options = options;
  }

  /** Reads what is there; portraits that come with the program are enrolled in the background where they are not yet. */
  static async open(options: PortraitStoreOptions): Promise<PortraitStore> {
    const store = new PortraitStore(options);
    await mkdir(options.folder, { recursive: true });
    for (const entry of await readdir(options.folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      // An upload that was cut off leaves a draft: nobody waits for it any more.
      if (entry.name.startsWith('.')) await rm(join(options.folder, entry.name), { recursive: true, force: true });
      else await store.#read(entry.name);
    }
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
    if (!this.#records.has(id) && /^[a-z0-9-]+$/.test(id)) await this.#read(id);
    this.requireUse(id, ownerKey);
    const record = this.record(id);
    const known = this.#avatars.get(id);
    if (known !== undefined) return known;
    const loading = readFile(join(this.#options.folder, record.id, 'face.avatar')).then(shared);
    this.#avatars.set(id, loading);
    loading.catch(() => this.#avatars.delete(id));
    return loading;
  }

  async thumbnail(id: string): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array }> {
    await this.#arriving.get(id);
    const record = this.record(id);
    return {
      mediaType: record.thumbnailType,
      bytes: await readFile(join(this.#options.folder, record.id, 'thumbnail')),
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
  }): Promise<PortraitRecord> {
    if (this.#records.size >= this.#options.limit) {
      throw new AvatarError('CAPACITY_FULL', `Cannot keep more than ${this.#options.limit} portraits: delete some`);
    }
    // 80 bits: an id in a link is also the only key to the face behind it.
    const id = `p-${randomBytes(10).toString('hex')}`;
    return this.#enrol(upload.image, {
      id,
      name: upload.name,
      credit: '',
      builtIn: false,
      consent: { text: upload.consent, scope: upload.scope, time: this.#options.now().toISOString() },
      ownerSha256: sha256Of(upload.ownerKey),
    });
  }

  /** Whether `ownerKey` is that of the browser that uploaded the portrait. */
  isOwner(id: string, ownerKey: string): boolean {
    const { ownerSha256, builtIn } = this.record(id);
    const given = sha256Of(ownerKey);
    return (
      !builtIn && given.length === ownerSha256.length && timingSafeEqual(Buffer.from(given), Buffer.from(ownerSha256))
    );
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
    await rm(join(this.#options.folder, id), { recursive: true, force: true });
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

  async #read(id: string): Promise<void> {
    try {
      const text = await readFile(join(this.#options.folder, id, 'record.json'), 'utf8');
      const record = JSON.parse(text) as PortraitRecord;
      if (record.id === id) this.#records.set(id, record);
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return;
      this.#options.log.warn('portrait.unreadable', { portraitId: id, message: messageOf(thrown) });
    }
  }

  async #enrolBuiltIns(): Promise<void> {
    const { builtInFolder, enroller, log, now } = this.#options;
    const list = JSON.parse(await readFile(join(builtInFolder, 'portraits.json'), 'utf8')) as BuiltIn[];
    // One after the other: each takes a core for a second, and the first of the list is the one a new page shows.
    this.#first = list[0]?.id;
    let before: Promise<unknown> = Promise.resolve();
    for (const builtIn of list) {
      const { id, name, credit, consent } = builtIn;
      const image = await readFile(join(builtInFolder, builtIn.file));
      const known = this.#records.get(id);
      if (known?.sha256 === sha256Of(image) && known.enrolledBy === enroller.version) continue;
      this.#records.delete(id);
      const wish = {
        id,
        name,
        credit,
        builtIn: true,
        consent: { text: consent, scope: 'live-call', time: now().toISOString() },
        ownerSha256: '',
      };
      const arriving = before
        .then(() => this.#enrol(image, wish))
        .catch((thrown: unknown) => {
          log.error('portrait.not-enrolled', { portraitId: id, message: messageOf(thrown) });
        });
      before = arriving;
      this.#arriving.set(id, arriving);
      void arriving.then(() => this.#arriving.delete(id));
    }
  }

  async #enrol(
    image: Uint8Array,
    wish: Pick<PortraitRecord, 'id' | 'name' | 'credit' | 'builtIn' | 'consent' | 'ownerSha256'>,
  ): Promise<PortraitRecord> {
    const { audit, blocks, enroller, folder, log, now } = this.#options;
    const sha256 = sha256Of(image);
    if (blocks.has(sha256)) throw new AvatarError('PORTRAIT_BLOCKED', 'This portrait was withdrawn by the operator');
    const { avatar, thumbnail, likeness } = await enroller.enrol(image, wish.consent);
    const record: PortraitRecord = {
      ...wish,
      sha256,
      createdAt: now().toISOString(),
      thumbnailType: thumbnail.mediaType,
      enrolledBy: enroller.version,
      ...(likeness === undefined ? {} : { likeness }),
    };
    // The operator may have blocked it meanwhile, or another picture of it before.
    if (this.#isBlocked(record)) {
      throw new AvatarError('PORTRAIT_BLOCKED', 'This portrait was withdrawn by the operator');
    }
    // Written beside and moved into place: a reader sees all of it or nothing.
    const draft = join(folder, `.${wish.id}-${randomBytes(4).toString('hex')}`);
    await mkdir(draft, { recursive: true, mode: 0o700 });
    await writeFile(join(draft, 'face.avatar'), avatar);
    await writeFile(join(draft, 'thumbnail'), thumbnail.bytes);
    await writeFile(join(draft, 'record.json'), JSON.stringify(record, null, 2));
    await rm(join(folder, wish.id), { recursive: true, force: true });
    await rename(draft, join(folder, wish.id));
    this.#avatars.delete(wish.id);
    this.#records.set(wish.id, record);
    const consent = `${wish.consent.scope}: ${wish.consent.text}`;
    await audit.append({ event: 'enrolled', portraitId: wish.id, portraitSha256: sha256, consent }, now());
    log.info('portrait.enrolled', { portraitId: wish.id, avatarBytes: avatar.byteLength });
    return record;
  }
}

function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Threads share one copy instead of being sent one each. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}
