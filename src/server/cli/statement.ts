import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { readFilm } from '../../native/codec/film-reader.ts';
import {
  PROVENANCE_TAG,
  provenanceKeyId,
  signerOf,
  verifyProvenance,
  type ProvenanceClaims,
  type ProvenancePublicKey,
} from '../provenance.ts';

/** What became of the statement of a film. */
export type StatementVerdict =
  | { readonly result: 'none' }
  /** Signed with another key than the one it was checked with. */
  | { readonly result: 'other-key'; readonly keyId: string | undefined }
  /** The signature does not fit. */
  | { readonly result: 'forged' }
  /** The signature fits, and the film is not the one that it was made for. */
  | { readonly result: 'altered'; readonly claims: ProvenanceClaims }
  | { readonly result: 'verified'; readonly claims: ProvenanceClaims };

/** Checks what a film states about itself. @param path - of any file. */
export async function checkStatement(path: string, key: ProvenancePublicKey): Promise<StatementVerdict> {
  const film = await readFilm(path);
  const statement = film?.tags.get(PROVENANCE_TAG);
  if (film === undefined || statement === undefined) return { result: 'none' };
  const keyId = signerOf(statement);
  if (keyId !== provenanceKeyId(key)) return { result: 'other-key', keyId };
  const claims = await verifyProvenance(statement, key);
  if (claims?.kind !== 'recording') return { result: 'forged' };
  return { result: claims.contentSha256 === film.contentSha256 ? 'verified' : 'altered', claims };
}

const keySchema = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().min(1) });

/** @throws AvatarError `CONFIG_INVALID` when the file holds no public key. */
export async function readPublicKey(path: string): Promise<ProvenancePublicKey> {
  try {
    return keySchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? 'it is no Ed25519 key as JWK' : messageOf(thrown);
    throw new AvatarError('CONFIG_INVALID', `Cannot read the public key in ${path}: ${why}.`, { cause: thrown });
  }
}

/** @returns it as a sentence about the film. */
export function wordsOf(verdict: StatementVerdict): string {
  switch (verdict.result) {
    case 'none':
      return 'holds no signed statement';
    case 'other-key':
      return `holds a statement that another key signed (${verdict.keyId ?? 'unnamed'})`;
    case 'forged':
      return 'holds a statement whose signature is false';
    case 'altered':
      return 'holds a true statement about another film: pictures or sound were changed';
    case 'verified': {
      const { issuedAt, portraitSha256, consentText } = verdict.claims;
      const time = new Date(issuedAt * 1000).toISOString();
      return `is signed: synthetic, made ${time} from portrait ${portraitSha256.slice(0, 12)}, consent "${consentText}"`;
    }
    default:
      return verdict satisfies never;
  }
}
