import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { readAvatarFile } from '../../media/portrait/avatar-file.ts';
import { FILM_SCOPE, scopeAllows } from '../../media/portrait/consent.ts';
import { PORTRAIT_LIMIT_BYTES } from '../../media/portrait/image-header.ts';
import { enrolPortrait } from '../../native/worker/enrol-portrait.ts';
import { builtInPortrait } from './built-in-portrait.ts';
import type { Progress } from './progress.ts';

export interface AvatarArgumentOptions {
  readonly consent: string | undefined;
  /** Whether the user states that the portrait is drawn and shows no real person. */
  readonly drawn: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * @param path - of an avatar file, or of a portrait, which is then enrolled for this run only.
 * @returns the avatar file's bytes.
 * @throws AvatarError `AVATAR_…`, `IMAGE_…`, `FACE_…`, or `CONSENT_MISSING` when nobody allowed the use of a portrait.
 */
export async function avatarOf(path: string, options: AvatarArgumentOptions): Promise<Uint8Array> {
  const { signal, progress } = options;
  const bytes = await readInput(path);
  if (isAvatar(bytes, path)) return bytes;
  const text = await consentText(bytes, path, options);
  const record = { text, time: new Date().toISOString(), scope: FILM_SCOPE };
  const avatar = await enrolPortrait(bytes, record, {
    signal,
    onProgress: ({ stage }) => {
      progress.stage(`Enrolling the portrait: ${stage}`);
    },
  });
  return avatar;
}

/** @throws AvatarError `CONSENT_MISSING` when the consent in an avatar file does not cover films. */
export function checkFilmScope(avatar: Uint8Array, path: string): void {
  const { scope } = readAvatarFile(avatar).metadata.consent;
  if (scopeAllows(scope, FILM_SCOPE)) return;
  const advice = 'Ask the person shown, and enrol the portrait again with --scope.';
  const message = `Cannot film ${path}: its consent is for "${scope}", not for "${FILM_SCOPE}". ${advice}`;
  throw new AvatarError('CONSENT_MISSING', message);
}

/** Words that somebody said: the user's, or those on the record of a portrait that comes with the program. */
async function consentText(bytes: Uint8Array, path: string, options: AvatarArgumentOptions): Promise<string> {
  const { consent, drawn } = options;
  if (consent !== undefined) return consent;
  if (drawn) return 'Drawn, and shows no real person, as stated by the user of this command.';
  const builtIn = await builtInPortrait(bytes);
  if (builtIn !== undefined) return builtIn.consent;
  throw new AvatarError(
    'CONSENT_MISSING',
    `Cannot film ${path} without consent: say who allows the use of this portrait with --consent TEXT, or state with --drawn that it shows no real person.`,
  );
}

/** @returns what the name says of the type, where it says anything. */
function declaredType(path: string): string | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  return extension === '' ? undefined : extension;
}

/**
 * @param path - `-` is standard input.
 * @throws AvatarError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`.
 */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    if (path !== '-') return await readFile(path);
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of process.stdin as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > PORTRAIT_LIMIT_BYTES) throw new Error(`it is larger than ${PORTRAIT_LIMIT_BYTES / 1e6} MB`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : messageOf(thrown);
    throw new AvatarError('IMAGE_UNREADABLE', `Cannot read ${path}: ${reason}.`, { cause: thrown });
  }
}

/** A file that is called an avatar must be one, so that a broken one is not taken for a broken picture. */
function isAvatar(bytes: Uint8Array, path: string): boolean {
  try {
    readAvatarFile(bytes);
    return true;
  } catch (thrown) {
    const foreign = thrown instanceof AvatarError && thrown.code === 'AVATAR_FOREIGN';
    if (!foreign || declaredType(path) === 'avatar') throw thrown;
    return false;
  }
}
