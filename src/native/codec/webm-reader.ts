import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { EBML_ID, EBML_TRACK_AUDIO, EBML_TRACK_VIDEO, readEbmlNumber } from './ebml.ts';
import { FilmDigest } from './film-digest.ts';

/** What a film says of itself, and what is in it. */
export interface FilmFacts {
  /** The first of each name. */
  readonly tags: ReadonlyMap<string, string>;
  /** See `FilmDigest`. */
  readonly contentSha256: string;
}

const WINDOW_BYTES = 1 << 20;
/** Larger tags are nobody's statement. */
const MAX_TEXT_BYTES = 65_536;
const HEADER_BYTES = 12;
/** From the segment to the name of a tag; deeper is a trap. */
const MAX_DEPTH = 6;

/** @returns nothing when the file is no WebM; what breaks off is read as far as it goes. */
export function readWebm(path: string): FilmFacts | undefined {
  const file = new WindowedFile(path);
  try {
    if (file.read(0, 4).join() !== '26,69,223,163') return undefined;
    const walk = new Walk(file);
    walk.elements(0, Infinity);
    return { tags: walk.tags, contentSha256: walk.film.digest() };
  } finally {
    file.close();
  }
}

/** Elements whose content is elements again. */
const MASTERS: ReadonlySet<number> = new Set([
  EBML_ID.segment,
  EBML_ID.tracks,
  EBML_ID.trackEntry,
  EBML_ID.cluster,
  EBML_ID.blockGroup,
  EBML_ID.tags,
  EBML_ID.tag,
  EBML_ID.simpleTag,
]);

class Walk {
  readonly film = new FilmDigest();
  readonly tags = new Map<string, string>();
  readonly #file: WindowedFile;
  readonly #types = new Map<number, number>();
  #trackNumber = 0;
  #tagName = '';

  constructor(file: WindowedFile) {
    this.#file = file;
  }

  /** Goes through what lies between; an element of unknown size is entered, and what follows it found there. */
  elements(from: number, to: number, depth = 0): void {
    for (let at = from; at < to;) {
      const header = this.#file.read(at, HEADER_BYTES);
      const id = readEbmlNumber(header, 0);
      const size = id === undefined ? undefined : readEbmlNumber(header, id.length);
      if (id === undefined || size === undefined) return;
      const start = at + id.length + size.length;
      const end = start + (size.value ?? 0);
      if (MASTERS.has(id.raw)) {
        if (size.value !== undefined && depth < MAX_DEPTH) this.elements(start, Math.min(end, to), depth + 1);
      } else this.#element(id.raw, start, end - start);
      at = end;
    }
  }

  #element(id: number, start: number, length: number): void {
    switch (id) {
      case EBML_ID.trackNumber:
        this.#trackNumber = this.#number(start, length);
        return;
      case EBML_ID.trackType:
        this.#types.set(this.#trackNumber, this.#number(start, length));
        return;
      case EBML_ID.tagName:
        this.#tagName = this.#text(start, length);
        return;
      case EBML_ID.tagString:
        if (!this.tags.has(this.#tagName)) this.tags.set(this.#tagName, this.#text(start, length));
        return;
      case EBML_ID.simpleBlock:
      case EBML_ID.block:
        this.#block(this.#file.read(start, length));
    }
  }

  /** RFC 9559, 10.1: track number, two bytes of time, one of flags, and then the frame. */
  #block(bytes: Uint8Array): void {
    const track = readEbmlNumber(bytes, 0);
    if (track === undefined) return;
    const frame = bytes.subarray(track.length + 3);
    const type = this.#types.get(track.value ?? 0);
    if (type === EBML_TRACK_VIDEO) this.film.addPicture(frame);
    else if (type === EBML_TRACK_AUDIO) this.film.addSound(frame);
  }

  #number(start: number, length: number): number {
    return this.#file.read(start, Math.min(length, 6)).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  #text(start: number, length: number): string {
    return new TextDecoder().decode(this.#file.read(start, Math.min(length, MAX_TEXT_BYTES))).replace(/\0+$/, '');
  }
}

/** A file that is read forwards, a window at a time. */
class WindowedFile {
  readonly #descriptor: number;
  readonly #lengthBytes: number;
  #window: Uint8Array = new Uint8Array(0);
  #from = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.#lengthBytes = fstatSync(this.#descriptor).size;
  }

  /** @returns the bytes there, fewer at the end; good until the next call. */
  read(position: number, wanted: number): Uint8Array {
    // A damaged size may name any place and any length.
    const length = Math.min(wanted, this.#lengthBytes - position);
    if (length <= 0) return new Uint8Array(0);
    const end = this.#from + this.#window.length;
    if (position < this.#from || position + length > end) {
      const window = new Uint8Array(Math.max(WINDOW_BYTES, length));
      this.#window = window.subarray(0, readSync(this.#descriptor, window, 0, window.length, position));
      this.#from = position;
    }
    return this.#window.subarray(position - this.#from, position - this.#from + length);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
