import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ConsentRecord } from '../media/portrait/consent.ts';
import { sha256Of } from './portrait-files.ts';
import type { Enrolled } from './enroller.ts';

const schema = z.object({
  /** Of the enrolment that made it. */
  version: z.string(),
  /** Of the picture that it was made from. */
  sha256: z.string(),
  avatarSha256: z.string(),
  consent: z.object({ text: z.string(), time: z.string(), scope: z.string() }),
  thumbnailType: z.string(),
  likeness: z.string().optional(),
});

/** A portrait of the program that set-up has enrolled, so that no server needs to. */
export interface PreparedPortrait {
  readonly consent: ConsentRecord;
  readonly enrolled: Enrolled;
}

/** What a prepared portrait has to be made from, and by. */
export interface PreparedFrom {
  readonly version: string;
  readonly sha256: string;
}

/** @returns the portrait `<folder>/<id>`, or nothing when it is missing, damaged, or made from or by something else. */
export async function readPrepared(
  folder: string,
  id: string,
  from: PreparedFrom,
): Promise<PreparedPortrait | undefined> {
  const read = (name: string): Promise<Buffer> => readFile(join(folder, id, name));
  try {
    const made = schema.parse(JSON.parse((await read('made.json')).toString('utf8')));
    if (made.version !== from.version || made.sha256 !== from.sha256) return undefined;
    const avatar = await read('face.avatar');
    if (sha256Of(avatar) !== made.avatarSha256) return undefined;
    const thumbnail = { mediaType: made.thumbnailType, bytes: await read('thumbnail') };
    const { consent, likeness } = made;
    return { consent, enrolled: { avatar, thumbnail, ...(likeness === undefined ? {} : { likeness }) } };
  } catch {
    return undefined;
  }
}

/** @returns a few seconds of the portrait moving, as a WebP; nothing where there is none. */
export async function readPreview(folder: string, id: string): Promise<Uint8Array | undefined> {
  return readFile(join(folder, id, 'preview.webp')).catch(() => undefined);
}

/**
 * Writes `<folder>/<id>`: `made.json`, `face.avatar`, `thumbnail`, and `preview.webp`, a few seconds of the face moving.
 * @throws Error when the folder cannot be written.
 */
export async function writePrepared(
  folder: string,
  id: string,
  { version, sha256 }: PreparedFrom,
  { consent, enrolled: { avatar, likeness, thumbnail } }: PreparedPortrait,
  preview: Uint8Array,
): Promise<void> {
  const draft = join(folder, `.${id}`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const made: z.infer<typeof schema> = {
    ...{ version, sha256, avatarSha256: sha256Of(avatar), consent, thumbnailType: thumbnail.mediaType },
    ...(likeness === undefined ? {} : { likeness }),
  };
  await writeFile(join(draft, 'face.avatar'), avatar);
  await writeFile(join(draft, 'thumbnail'), thumbnail.bytes);
  await writeFile(join(draft, 'preview.webp'), preview);
  await writeFile(join(draft, 'made.json'), JSON.stringify(made, null, 2));
  await rm(join(folder, id), { recursive: true, force: true });
  await rename(draft, join(folder, id));
}
