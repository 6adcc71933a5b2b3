import sharp, { type Sharp } from 'sharp';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { ImageSection } from '../../media/portrait/avatar-section.ts';
import { PORTRAIT_LIMIT_PIXELS, readImageHeader, type ImageFormat } from '../../media/portrait/image-header.ts';
import type { Picture } from '../../media/portrait/picture.ts';

// Enrolment is one worker's business and must not take the cores of live calls; its pictures are decoded once.
sharp.concurrency(1);
sharp.cache(false);

/** Transparent parts of a portrait show this light grey. */
const BACKDROP = '#e4e4e4';

/** A part of a picture, in upright pixels. */
export interface PictureArea {
  readonly leftPx: number;
  readonly topPx: number;
  readonly sidePx: number;
}

/**
 * A portrait as it was given. It is decoded anew for each view, each time in a stream, so that a picture of 40
 * megapixels never lies in memory whole.
 */
export class PortraitImage {
  readonly format: ImageFormat;
  /** Upright, after EXIF and `turned`. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Clockwise quarter turns after EXIF. */
  readonly quarterTurns: 0 | 1 | 2 | 3;
  readonly #bytes: Uint8Array;

  private constructor(bytes: Uint8Array, format: ImageFormat, size: readonly [number, number], turns: 0 | 1 | 2 | 3) {
    this.#bytes = bytes;
    this.format = format;
    [this.widthPx, this.heightPx] = size;
    this.quarterTurns = turns;
  }

  /**
   * Looks at the headers only.
   * @throws AvatarError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`.
   */
  static async open(bytes: Uint8Array): Promise<PortraitImage> {
    const { format } = readImageHeader(bytes);
    const { width, height, orientation = 1 } = await readable(format, () => decoder(bytes).metadata());
    const size: [number, number] = orientation >= 5 ? [height, width] : [width, height];
    return new PortraitImage(bytes, format, size, 0);
  }

  /** @returns the same picture, turned clockwise by quarter turns. */
  turned(quarterTurns: 0 | 1 | 2 | 3): PortraitImage {
    const { widthPx, heightPx } = this;
    return new PortraitImage(
      this.#bytes,
      this.format,
      quarterTurns % 2 === 0 ? [widthPx, heightPx] : [heightPx, widthPx],
      ((this.quarterTurns + quarterTurns) % 4) as 0 | 1 | 2 | 3,
    );
  }

  /**
   * @returns the whole picture, its larger side at most `sidePx`.
   * @throws AvatarError `IMAGE_UNREADABLE` when the file is damaged.
   */
  overview(sidePx: number): Promise<Picture> {
    return this.#view((image) =>
      rawOf(image.resize({ width: sidePx, height: sidePx, fit: 'inside', withoutEnlargement: true })),
    );
  }

  /** @returns a square of the picture at `outSidePx`; where it reaches over the edge, edge pixels are repeated. */
  async crop({ leftPx, topPx, sidePx }: PictureArea, outSidePx: number): Promise<Picture> {
    const left = Math.max(0, leftPx);
    const top = Math.max(0, topPx);
    const right = Math.min(this.widthPx, leftPx + sidePx);
    const bottom = Math.min(this.heightPx, topPx + sidePx);
    // Scaled before it is padded, so that a large part passes through in a stream.
    const scaled = (length: number): number => Math.round((length * outSidePx) / sidePx);
    const before = { left: scaled(left - leftPx), top: scaled(top - topPx) };
    const inside = { width: scaled(right - leftPx) - before.left, height: scaled(bottom - topPx) - before.top };
    return this.#view((image) =>
      rawOf(
        image
          .extract({ left, top, width: right - left, height: bottom - top })
          .resize({ ...inside, fit: 'fill', kernel: 'lanczos3' })
          .extend({
            ...before,
            right: outSidePx - before.left - inside.width,
            bottom: outSidePx - before.top - inside.height,
            extendWith: 'copy',
          }),
      ),
    );
  }

  #view(read: (image: Sharp) => Promise<Picture>): Promise<Picture> {
    return readable(this.format, () => {
      const upright = decoder(this.#bytes)
        .autoOrient()
        .rotate(90 * this.quarterTurns);
      return read(upright.flatten({ background: BACKDROP }).toColourspace('srgb'));
    });
  }
}

function decoder(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: PORTRAIT_LIMIT_PIXELS, pages: 1, sequentialRead: true });
}

async function rawOf(image: Sharp): Promise<Picture> {
  const { data, info } = await image.ensureAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, rgba: data };
}

async function readable<T>(format: ImageFormat, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof AvatarError) throw thrown;
    // Phones pack HEIF with a codec whose decoder no free library may ship.
    const [complaint = ''] = messageOf(thrown).trim().split('\n').slice(-1);
    const found =
      format === 'heif'
        ? 'it is a HEIC picture, which cannot be decoded here. Share or export it as JPEG first; on an iPhone, Settings > Camera > Formats > Most Compatible takes JPEG pictures from then on'
        : `the ${format.toUpperCase()} file is damaged (${complaint}); save it again as JPEG or PNG`;
    throw new AvatarError('IMAGE_UNREADABLE', `Cannot decode the portrait: ${found}`, { cause: thrown });
  }
}

/** @returns a small JPEG of a square picture. */
export async function makeThumbnail({ widthPx, heightPx, rgba }: Picture, sidePx: number): Promise<Uint8Array> {
  const image = sharp(rgba, { raw: { width: widthPx, height: heightPx, channels: 4 } });
  return new Uint8Array(await image.removeAlpha().resize(sidePx, sidePx).jpeg({ quality: 82 }).toBuffer());
}

/**
 * @param pictures - of one size, `[heightPx, widthPx, 4]` each.
 * @returns a small film of them, scaled to `sidePx` squared, as a WebP that plays over and over.
 */
export async function makeMovingPicture(
  pictures: readonly Picture[],
  sidePx: number,
  pictureMs: number,
): Promise<Uint8Array> {
  const frames = await Promise.all(
    pictures.map(({ widthPx, heightPx, rgba }) =>
      sharp(rgba, { raw: { width: widthPx, height: heightPx, channels: 4 } })
        .removeAlpha()
        .resize(sidePx, sidePx)
        .png({ compressionLevel: 1 })
        .toBuffer(),
    ),
  );
  const film = sharp(frames, { join: { animated: true } });
  return new Uint8Array(await film.webp({ quality: 70, delay: pictures.map(() => pictureMs), loop: 0 }).toBuffer());
}

/** Pixels of one layer, interleaved. */
export interface RawPixels {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1 | 3 | 4;
  readonly bytes: Uint8Array;
}

/**
 * Compresses a layer for an avatar file.
 * @param quality - of `jpeg` and `webp`, 1..100; ignored for `png`, which loses nothing.
 */
export async function encodeImage(
  pixels: RawPixels,
  encoding: ImageSection['encoding'],
  quality = 92,
): Promise<ImageSection> {
  const { widthPx, heightPx, channels } = pixels;
  const image = sharp(pixels.bytes, { raw: { width: widthPx, height: heightPx, channels } });
  const grey = channels === 1 ? image.toColourspace('b-w') : image;
  const encoded =
    encoding === 'jpeg'
      ? grey.jpeg({ quality, chromaSubsampling: '4:4:4' })
      : encoding === 'png'
        ? grey.png({ compressionLevel: 6 })
        : grey.webp({ quality, alphaQuality: 100, effort: 2, smartSubsample: true });
  return { type: 'image', encoding, widthPx, heightPx, channels, bytes: new Uint8Array(await encoded.toBuffer()) };
}

/**
 * @returns the pixels of a layer of an avatar file.
 * @throws AvatarError `AVATAR_CORRUPT` when they are not what the section says.
 */
export async function decodeImage(section: ImageSection): Promise<RawPixels> {
  const { widthPx, heightPx, channels } = section;
  try {
    const image = sharp(section.bytes, { failOn: 'error', limitInputPixels: widthPx * heightPx });
    const metadata = await image.metadata();
    if (metadata.format !== section.encoding || metadata.width !== widthPx || metadata.height !== heightPx) {
      throw new Error(`found ${metadata.format} ${metadata.width}x${metadata.height}`);
    }
    const wanted =
      channels === 1 ? image.toColourspace('b-w') : channels === 3 ? image.removeAlpha() : image.ensureAlpha();
    const { data, info } = await wanted.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.channels !== channels) throw new Error(`found ${info.channels} channels`);
    return { widthPx, heightPx, channels, bytes: data };
  } catch (thrown) {
    throw new AvatarError(
      'AVATAR_CORRUPT',
      `Cannot decode a ${section.encoding} layer of the avatar (${messageOf(thrown).trim()}), expected ${widthPx}x${heightPx}`,
      { cause: thrown },
    );
  }
}
