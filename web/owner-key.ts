import { recall, remember } from './storage.ts';

/** @returns the key by which this browser shows that a portrait is its own; made at the first use. */
export function ownerKey(): string {
  const known = recall('owner');
  if (known !== undefined) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  remember('owner', key);
  return key;
}
