import { createHash } from 'node:crypto';

/**
 * A digest of what is seen and heard in a film, whatever it is packed in: the encoded pictures in order, and the encoded
 * sound in order. Copying both into another file of the same codecs keeps it.
 */
export class FilmDigest {
  readonly #pictures = createHash('sha256');
  readonly #sound = createHash('sha256');

  addPicture(encoded: Uint8Array): void {
    this.#pictures.update(encoded);
  }

  addSound(encoded: Uint8Array): void {
    this.#sound.update(encoded);
  }

  /** @returns SHA-256 as hex; nothing can be added afterwards. */
  digest(): string {
    return createHash('sha256').update(this.#pictures.digest()).update(this.#sound.digest()).digest('hex');
  }
}
