import sharp from 'sharp';

/** Blurred so far that nothing in it competes with the picture before it. */
const BLUR_SHARE = 0.04;
const BRIGHTNESS = 0.45;
/** Blurring a small copy costs a hundredth, and looks the same. */
const SMALL_PX = 160;

/**
 * What lies behind a square picture in a film that is not square: the picture itself, enlarged to cover the film,
 * blurred and darkened.
 * @param rgba - `[sidePx, sidePx, 4]`, only read.
 * @returns a PNG of the film's size.
 */
export async function backdropOf(
  rgba: Uint8Array,
  sidePx: number,
  film: { readonly widthPx: number; readonly heightPx: number },
): Promise<Uint8Array> {
  const scale = SMALL_PX / Math.max(film.widthPx, film.heightPx);
  const [width, height] = [Math.round(film.widthPx * scale), Math.round(film.heightPx * scale)];
  const small = await sharp(rgba, { raw: { width: sidePx, height: sidePx, channels: 4 } })
    .removeAlpha()
    .resize(width, height, { fit: 'cover' })
    .blur(BLUR_SHARE * SMALL_PX)
    .modulate({ brightness: BRIGHTNESS })
    .png()
    .toBuffer();
  return new Uint8Array(
    await sharp(small).resize(film.widthPx, film.heightPx, { fit: 'fill', kernel: 'cubic' }).png().toBuffer(),
  );
}
