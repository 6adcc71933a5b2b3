import { AvatarError } from '../../base/errors.ts';
import {
  APPEARANCE_IMAGES,
  type Appearance,
  type AppearanceImageName,
  type RgbaImage,
} from '../../media/appearance.ts';
import { appearanceOfSections, appearanceSections } from '../../media/portrait/appearance-sections.ts';
import { readAvatarFile, writeAvatarFile } from '../../media/portrait/avatar-file.ts';
import type { AvatarMetadata } from '../../media/portrait/avatar-header.ts';
import type { AvatarSection, AvatarSections, ImageSection } from '../../media/portrait/avatar-section.ts';
import { decodeImage, encodeImage } from './image.ts';

/** Large layers are photographs: colour as JPEG, alpha without loss. Sprites are small and keep every bit. */
const LOSSLESS: readonly AppearanceImageName[] = ['parts'];
const COLOUR_QUALITY = 93;

/** @returns an avatar file. @throws AvatarError `AVATAR_TOO_LARGE`. */
export async function packAppearance(appearance: Appearance, metadata: AvatarMetadata): Promise<Uint8Array> {
  const sections: Map<string, AvatarSection> = appearanceSections(appearance);
  for (const name of APPEARANCE_IMAGES) {
    const { widthPx, heightPx, pixels } = appearance.images[name];
    const size = { widthPx, heightPx };
    if (LOSSLESS.includes(name)) {
      sections.set(`image.${name}`, await encodeImage({ ...size, channels: 4, bytes: pixels }, 'png'));
      continue;
    }
    const { colour, alpha, opaque } = split(pixels);
    sections.set(`image.${name}`, await encodeImage({ ...size, channels: 3, bytes: colour }, 'jpeg', COLOUR_QUALITY));
    if (!opaque) sections.set(`alpha.${name}`, await encodeImage({ ...size, channels: 1, bytes: alpha }, 'png'));
  }
  return writeAvatarFile(metadata, sections);
}

export interface UnpackedAvatar {
  readonly metadata: AvatarMetadata;
  readonly appearance: Appearance;
}

/**
 * @param avatar - an avatar file; its arrays are looked at in place.
 * @throws AvatarError `AVATAR_…` as `readAvatarFile`, or `AVATAR_CORRUPT` for contents that make no appearance.
 */
export async function unpackAppearance(avatar: Uint8Array): Promise<UnpackedAvatar> {
  const { metadata, sections } = readAvatarFile(avatar);
  const decoded = await Promise.all(APPEARANCE_IMAGES.map((name) => unpackImage(sections, name)));
  const images = Object.fromEntries(APPEARANCE_IMAGES.map((name, index) => [name, decoded[index]]));
  return { metadata, appearance: appearanceOfSections(sections, images as unknown as Appearance['images']) };
}

async function unpackImage(sections: AvatarSections, name: AppearanceImageName): Promise<RgbaImage> {
  const colour = imageSection(sections, `image.${name}`);
  if (colour === undefined)
    throw new AvatarError('AVATAR_CORRUPT', `Cannot read the appearance: it has no layer ${name}`);
  const { widthPx, heightPx } = colour;
  const { bytes, channels } = await decodeImage(colour);
  if (channels === 4) return { widthPx, heightPx, pixels: bytes };
  const alphaSection = imageSection(sections, `alpha.${name}`);
  const alpha = alphaSection === undefined ? undefined : await decodeImage(alphaSection);
  const fits = alpha === undefined || (alpha.channels === 1 && alpha.bytes.length === widthPx * heightPx);
  if (channels !== 3 || !fits) {
    throw new AvatarError('AVATAR_CORRUPT', `Cannot read the appearance: layer ${name} and its alpha differ`);
  }
  const pixels = new Uint8Array(widthPx * heightPx * 4);
  for (let from = 0, to = 0, at = 0; to < pixels.length; from += 3, to += 4, at++) {
    pixels[to] = bytes[from]!;
    pixels[to + 1] = bytes[from + 1]!;
    pixels[to + 2] = bytes[from + 2]!;
    pixels[to + 3] = alpha === undefined ? 255 : alpha.bytes[at]!;
  }
  return { widthPx, heightPx, pixels };
}

function imageSection(sections: AvatarSections, name: string): ImageSection | undefined {
  const found = sections.get(name);
  return found?.type === 'image' ? found : undefined;
}

function split(pixels: Uint8Array): { colour: Uint8Array; alpha: Uint8Array; opaque: boolean } {
  const count = pixels.length / 4;
  const colour = new Uint8Array(3 * count);
  const alpha = new Uint8Array(count);
  let opaque = true;
  for (let at = 0; at < count; at++) {
    colour[3 * at] = pixels[4 * at]!;
    colour[3 * at + 1] = pixels[4 * at + 1]!;
    colour[3 * at + 2] = pixels[4 * at + 2]!;
    alpha[at] = pixels[4 * at + 3]!;
    opaque &&= alpha[at] === 255;
  }
  return { colour, alpha, opaque };
}
