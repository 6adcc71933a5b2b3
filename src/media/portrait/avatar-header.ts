import { AvatarError, messageOf } from '../../base/errors.ts';
import { BYTES_PER_VALUE, type ArrayType, type ImageEncoding } from './avatar-section.ts';
import { checkConsent, type ConsentRecord } from './consent.ts';

/** What an avatar file says about itself. */
export interface AvatarMetadata {
  /** SHA-256 of the portrait as it was given, hexadecimal. */
  readonly portraitSha256: string;
  readonly consent: ConsentRecord;
  /** Which program wrote the file, for example `visavis 0.1.0`. */
  readonly tool: string;
  /** The codec that draws it, for example `mesh`. */
  readonly codec: string;
  /** Further facts for people and the codec: plain JSON. */
  readonly details: Readonly<Record<string, JsonValue>>;
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Where a section lies: `offset` counts from the first section. */
export interface SectionEntry {
  readonly name: string;
  readonly type: ArrayType | 'image';
  readonly encoding?: ImageEncoding;
  /** Of an image: height, width, channels. */
  readonly shape: readonly number[];
  readonly offset: number;
  readonly byteLength: number;
}

export interface AvatarHeader {
  readonly metadata: AvatarMetadata;
  readonly sections: readonly SectionEntry[];
}

const SECTION_LIMIT = 256;
const DIMENSION_LIMIT = 4;
/** No layer is larger than this, so that a small file cannot claim a picture that fills the memory. */
const IMAGE_SIDE_LIMIT_PX = 4096;

/**
 * @param bytes - the JSON, UTF-8.
 * @param bodyBytes - room for the sections; each must lie inside it, on a multiple of 8 bytes, after the one before.
 * @throws AvatarError `AVATAR_CORRUPT`.
 */
export function parseAvatarHeader(bytes: Uint8Array, bodyBytes: number): AvatarHeader {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw corrupt(`is no JSON (${messageOf(thrown)})`, thrown);
  }
  if (!isRecord(json) || !Array.isArray(json['sections'])) throw corrupt('has no list of sections');
  if (json['sections'].length > SECTION_LIMIT) throw corrupt(`lists ${json['sections'].length} sections`);
  const names = new Set<string>();
  const sections: SectionEntry[] = [];
  let end = 0;
  for (const raw of json['sections'] as unknown[]) {
    const entry = parseEntry(raw);
    if (names.has(entry.name)) throw corrupt(`lists section ${entry.name} twice`);
    if (entry.offset % 8 !== 0 || entry.offset < end || entry.offset + entry.byteLength > bodyBytes) {
      throw corrupt(`places section ${entry.name} at ${entry.offset}, outside the file or over another section`);
    }
    names.add(entry.name);
    end = entry.offset + entry.byteLength;
    sections.push(entry);
  }
  return { metadata: parseMetadata(json['metadata']), sections };
}

function parseEntry(raw: unknown): SectionEntry {
  if (!isRecord(raw)) throw corrupt('lists a section that is no object');
  const { name, type, encoding, shape, offset, byteLength } = raw;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9.-]{0,63}$/i.test(name))
    throw corrupt('has a section without a name');
  if (!isCount(offset) || !isCount(byteLength)) throw corrupt(`gives section ${name} no place`);
  if (!Array.isArray(shape) || shape.length > DIMENSION_LIMIT || !shape.every(isCount)) {
    throw corrupt(`gives section ${name} no shape`);
  }
  if (type === 'image') {
    const [height = 0, width = 0, channels = 0] = shape;
    const sides = height > 0 && width > 0 && height <= IMAGE_SIDE_LIMIT_PX && width <= IMAGE_SIDE_LIMIT_PX;
    if (!sides || shape.length !== 3 || ![1, 3, 4].includes(channels) || byteLength === 0) {
      throw corrupt(`gives image ${name} the shape ${shape.join('x')}`);
    }
    if (encoding !== 'jpeg' && encoding !== 'png' && encoding !== 'webp')
      throw corrupt(`gives image ${name} no encoding`);
    return { name, type, encoding, shape, offset, byteLength };
  }
  if (!isArrayType(type)) throw corrupt(`gives section ${name} no known type`);
  const expected = shape.reduce((product, side) => product * side, BYTES_PER_VALUE[type]);
  if (expected !== byteLength) throw corrupt(`gives section ${name} ${byteLength} bytes, its shape needs ${expected}`);
  return { name, type, shape, offset, byteLength };
}

function parseMetadata(raw: unknown): AvatarMetadata {
  if (!isRecord(raw)) throw corrupt('has no metadata');
  const { portraitSha256, consent, tool, codec, details } = raw;
  if (typeof portraitSha256 !== 'string' || !/^[0-9a-f]{64}$/.test(portraitSha256)) {
    throw corrupt('has no digest of the portrait');
  }
  if (typeof tool !== 'string' || typeof codec !== 'string' || tool.length > 200 || codec.length > 200) {
    throw corrupt('does not say which tool and codec made it');
  }
  if (!isRecord(details)) throw corrupt('has no details');
  return { portraitSha256, consent: parseConsent(consent), tool, codec, details: details as Record<string, JsonValue> };
}

function parseConsent(raw: unknown): ConsentRecord {
  if (!isRecord(raw)) throw corrupt('has no consent record');
  const { text, time, scope } = raw;
  if (typeof text !== 'string' || typeof time !== 'string' || typeof scope !== 'string') {
    throw corrupt('has an incomplete consent record');
  }
  try {
    return checkConsent({ text, time, scope });
  } catch (thrown) {
    throw corrupt('has an empty consent record', thrown);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isArrayType(value: unknown): value is ArrayType {
  return typeof value === 'string' && Object.hasOwn(BYTES_PER_VALUE, value);
}

function corrupt(found: string, cause?: unknown): AvatarError {
  return new AvatarError('AVATAR_CORRUPT', `Cannot read the avatar: its header ${found}`, { cause });
}
