/** What a signed statement about a picture turned out to be. */
export type ProvenanceVerdict =
  | { readonly result: 'verified'; readonly portraitSha256: string; readonly consent: string; readonly keyId: string }
  | { readonly result: 'forged' }
  | { readonly result: 'unsupported' };

/**
 * Checks a statement in this browser: a JWS in compact form, signed with Ed25519 (RFC 7515, RFC 8037).
 * @param key - the public key that came with it, and that `/api/v1/provenance-key` of the server publishes.
 * @param participantId - whose picture the statement must be about.
 */
export async function checkProvenance(
  statement: string,
  key: JsonWebKey,
  participantId: string,
): Promise<ProvenanceVerdict> {
  const [header = '', payload = '', signature = ''] = statement.split('.');
  let publicKey: CryptoKey;
  try {
    publicKey = await crypto.subtle.importKey('jwk', key, { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return { result: 'unsupported' };
  }
  try {
    const signed = new TextEncoder().encode(`${header}.${payload}`);
    const fits = await crypto.subtle.verify({ name: 'Ed25519' }, publicKey, bytesOf(signature), signed);
    const claims = parse(payload);
    if (!fits || parse(header)['alg'] !== 'EdDSA' || claims['participantId'] !== participantId)
      return { result: 'forged' };
    if (claims['synthetic'] !== true) return { result: 'forged' };
    return {
      result: 'verified',
      portraitSha256: String(claims['portraitSha256']),
      consent: typeof claims['consentText'] === 'string' ? claims['consentText'] : '',
      keyId: String(parse(header)['kid']),
    };
  } catch {
    return { result: 'forged' };
  }
}

function parse(part: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytesOf(part)));
  return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
}

function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64Url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
