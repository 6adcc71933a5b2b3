import { AvatarError } from '../../base/errors.ts';

/** What an image file says of itself in its first bytes, before anything is decoded. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** As stored: EXIF may still turn the picture. */
  readonly widthPx: number;
  readonly heightPx: number;
}

export type ImageFormat = 'avif' | 'heif' | 'jpeg' | 'png' | 'webp';

export const PORTRAIT_LIMIT_PIXELS = 40_000_000;
/** AVIF and HEIF are decoded whole, at some 15 bytes a pixel, and a flat picture of any size fits into a kilobyte. */
export const UNSTREAMED_LIMIT_PIXELS = 13_000_000;
/** A 40 megapixel PNG of noise is larger still, but nobody's portrait is. */
export const PORTRAIT_LIMIT_BYTES = 64_000_000;

/**
 * Reads format and size from the magic bytes on, never from a file name, which is often wrong, and refuses what is too large.
 * @throws AvatarError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length > PORTRAIT_LIMIT_BYTES) {
    throw new AvatarError(
      'IMAGE_TOO_LARGE',
      `Cannot read the portrait: it has ${bytes.length} bytes, at most ${PORTRAIT_LIMIT_BYTES / 1e6} MB are allowed`,
    );
  }
  const header = parse(bytes);
  if (header === undefined) {
    throw unreadable('it is no JPEG, PNG, WebP, AVIF or HEIF picture, or its header is cut off');
  }
  const { widthPx, heightPx } = header;
  if (widthPx === 0 || heightPx === 0) throw unreadable(`it says that it is ${widthPx}x${heightPx} pixels`);
  const limitPixels =
    header.format === 'avif' || header.format === 'heif' ? UNSTREAMED_LIMIT_PIXELS : PORTRAIT_LIMIT_PIXELS;
  if (widthPx * heightPx > limitPixels) {
    throw new AvatarError(
      'IMAGE_TOO_LARGE',
      `Cannot read the portrait: it is ${widthPx}x${heightPx} pixels, at most ${limitPixels / 1e6} megapixels are allowed for ${header.format.toUpperCase()}; scale it down`,
    );
  }
  return header;
}

function parse(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return parsePng(bytes, view);
  if (startsWith(bytes, 0, [0xff, 0xd8, 0xff])) return parseJpeg(view);
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 4) === 'WEBP') return parseWebp(bytes, view);
  if (text(bytes, 4, 4) === 'ftyp') return parseHeif(bytes, view);
  return undefined;
}

function parsePng(bytes: Uint8Array, view: DataView): ImageHeader | undefined {
  if (bytes.length < 33 || text(bytes, 12, 4) !== 'IHDR') return undefined;
  return { format: 'png', widthPx: view.getUint32(16), heightPx: view.getUint32(20) };
}

/** Walks the segments up to the first frame header (SOF0..SOF15 without DHT, JPG and DAC). */
function parseJpeg(view: DataView): ImageHeader | undefined {
  let at = 2;
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { format: 'jpeg', widthPx: view.getUint16(at + 7), heightPx: view.getUint16(at + 5) };
    }
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xd9 || marker === 0xda) return undefined;
    const length = standsAlone ? 0 : view.getUint16(at + 2);
    if (!standsAlone && length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
}

function parseWebp(bytes: Uint8Array, view: DataView): ImageHeader | undefined {
  if (bytes.length < 30) return undefined;
  const chunk = text(bytes, 12, 4);
  if (chunk === 'VP8X') {
    const uint24 = (at: number): number => view.getUint16(at, true) + 65_536 * view.getUint8(at + 2);
    return { format: 'webp', widthPx: 1 + uint24(24), heightPx: 1 + uint24(27) };
  }
  if (chunk === 'VP8L' && bytes[20] === 0x2f) {
    const sizes = view.getUint32(21, true);
    return { format: 'webp', widthPx: 1 + (sizes & 0x3fff), heightPx: 1 + ((sizes >>> 14) & 0x3fff) };
  }
  if (chunk === 'VP8 ' && startsWith(bytes, 23, [0x9d, 0x01, 0x2a])) {
    return { format: 'webp', widthPx: view.getUint16(26, true) & 0x3fff, heightPx: view.getUint16(28, true) & 0x3fff };
  }
  return undefined;
}

const AVIF_BRANDS = ['avif', 'avis'];
const HEIF_BRANDS = ['heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1'];

/** ISO base media: ftyp, then meta with the largest image extent (ispe) of its item properties. */
function parseHeif(bytes: Uint8Array, view: DataView): ImageHeader | undefined {
  const brandsEnd = Math.min(bytes.length, view.getUint32(0));
  const brands: string[] = [];
  for (let at = 8; at + 4 <= brandsEnd; at += 4) if (at !== 12) brands.push(text(bytes, at, 4));
  const format = brands.some((brand) => AVIF_BRANDS.includes(brand)) ? 'avif' : 'heif';
  if (format === 'heif' && !brands.some((brand) => HEIF_BRANDS.includes(brand))) return undefined;
  let widthPx = 0;
  let heightPx = 0;
  const visit = (start: number, end: number): void => {
    for (let at = start; at + 8 <= end;) {
      const size = view.getUint32(at);
      const boxEnd = size === 0 ? end : at + size;
      if (size !== 0 && (size < 8 || boxEnd > end)) return;
      const type = text(bytes, at + 4, 4);
      if (type === 'meta') visit(at + 12, boxEnd);
      if (type === 'iprp' || type === 'ipco') visit(at + 8, boxEnd);
      if (type === 'ispe' && boxEnd >= at + 20) {
        const [width, height] = [view.getUint32(at + 12), view.getUint32(at + 16)];
        if (width * height > widthPx * heightPx) [widthPx, heightPx] = [width, height];
      }
      at = boxEnd;
    }
  };
  visit(0, bytes.length);
  return widthPx === 0 ? undefined : { format, widthPx, heightPx };
}

function startsWith(bytes: Uint8Array, at: number, expected: readonly number[]): boolean {
  return expected.every((value, index) => bytes[at + index] === value);
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function unreadable(found: string): AvatarError {
  return new AvatarError(
    'IMAGE_UNREADABLE',
    `Cannot read the portrait: ${found}; save it again as JPEG or PNG and try once more`,
  );
}
