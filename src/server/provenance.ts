import { createHash } from 'node:crypto';
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import type { TextLimit } from '../../protocol/graphemes.ts';
import type { OperatorKeys } from './operator-keys.ts';

/** What this server states about a picture: that it is synthetic, which portrait it shows, and on whose word. */
export interface ProvenanceClaims {
  readonly portraitSha256: string;
  /** Scope of the consent record. */
  readonly consent: string;
  /** What was agreed to, in the words of whoever enrolled; its beginning. */
  readonly consentText: string;
  /** When consent was recorded, ISO 8601. */
  readonly consentTime: string;
  /** `live` on a call; `recording` in a file. */
  readonly kind: 'live' | 'recording';
  /** Unix seconds. */
  readonly issuedAt: number;
  /** A statement about one participant's picture in one room says nothing about another's. */
  readonly participantId?: string;
  readonly roomId?: string;
  /** Of a recording: its pictures and its sound (`FilmDigest`), so that the statement is about this film alone. */
  readonly contentSha256?: string;
}

/** A statement travels in one message; a consent of two thousand characters is in the avatar file whole. */
export const STATED_CONSENT_LIMIT: TextLimit = { graphemes: 300, bytes: 1200 };

/** Name of the statement among a recording's tags. */
export const PROVENANCE_TAG = 'VISAVIS_PROVENANCE';

export const PROVENANCE_TYPE = 'visavis-provenance';

/** The public half, for whoever checks a statement. */
export interface ProvenancePublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
}

/** Signs statements about pictures with the operator's Ed25519 key, as JWS (RFC 7515, RFC 8037). */
export class ProvenanceSigner {
  readonly publicKey: ProvenancePublicKey;
  readonly #key: JWK;

  constructor({ provenanceKey }: Pick<OperatorKeys, 'provenanceKey'>) {
    const { kty, crv, x } = provenanceKey;
    this.publicKey = { kty, crv, x };
    this.#key = provenanceKey;
  }

  /** Names the key in few characters that people can compare. */
  get keyId(): string {
    return provenanceKeyId(this.publicKey);
  }

  /** @returns the statement in compact form. */
  async sign(claims: ProvenanceClaims): Promise<string> {
    const payload = { ...claims, synthetic: true, generator: 'Visavis' };
    return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'EdDSA', typ: PROVENANCE_TYPE, kid: this.keyId })
      .sign(await importJWK(this.#key, 'EdDSA'));
  }
}

export function provenanceKeyId({ x }: Pick<ProvenancePublicKey, 'x'>): string {
  return createHash('sha256').update(x).digest('base64url').slice(0, 12);
}

/** @returns which key signed a statement, as it says itself. */
export function signerOf(statement: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(statement);
    return kid;
  } catch {
    return undefined;
  }
}

/** @returns what was stated, or `undefined` when the signature does not fit the key. */
export async function verifyProvenance(
  statement: string,
  { kty, crv, x }: ProvenancePublicKey,
): Promise<ProvenanceClaims | undefined> {
  try {
    const key = await importJWK({ kty, crv, x }, 'EdDSA');
    const { payload, protectedHeader } = await compactVerify(statement, key, { algorithms: ['EdDSA'] });
    if (protectedHeader.typ !== PROVENANCE_TYPE) return undefined;
    return JSON.parse(new TextDecoder().decode(payload)) as ProvenanceClaims;
  } catch {
    return undefined;
  }
}
