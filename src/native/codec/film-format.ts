/** A kind of film that ffmpeg encodes, and how. */
export interface FilmFormat {
  /** For messages. */
  readonly name: string;
  /** ffmpeg's name of the container. */
  readonly muxer: string;
  readonly hasSound: boolean;
  /** Whether a transparent background stays transparent. */
  readonly keepsAlpha: boolean;
  /** Whether texts about the film can be kept in it. */
  readonly hasTags: boolean;
  /** What happens to the pictures before they are encoded, as an ffmpeg filter. */
  readonly filter?: string;
  /** ffmpeg's arguments for the pictures. @param alpha - whether they have an alpha channel. */
  pictures(alpha: boolean): readonly string[];
}

/** H.264 and the palettes of GIF have no alpha: the caller draws a background instead. */
const MP4: FilmFormat = {
  name: 'MP4',
  muxer: 'mp4',
  hasSound: true,
  keepsAlpha: false,
  hasTags: true,
  // 4:2:0 and even sides are what every player shows; CRF 18 is visually lossless (x264's guide).
  pictures: () => ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-pix_fmt', 'yuv420p'],
};

const MOV: FilmFormat = {
  name: 'QuickTime with ProRes 4444',
  muxer: 'mov',
  hasSound: true,
  keepsAlpha: true,
  hasTags: true,
  pictures: (alpha) => ['-c:v', 'prores_ks', '-profile:v', '4444', '-pix_fmt', alpha ? 'yuva444p10le' : 'yuv444p10le'],
};

/** VP9, because ffmpeg's VP8 knows alpha only in one pass over the whole film. */
const ALPHA_WEBM: FilmFormat = {
  name: 'WebM with alpha',
  muxer: 'webm',
  hasSound: true,
  keepsAlpha: true,
  hasTags: true,
  pictures: () => [
    '-c:v',
    'libvpx-vp9',
    '-crf',
    '24',
    '-b:v',
    '0',
    '-cpu-used',
    '5',
    '-row-mt',
    '1',
    '-pix_fmt',
    'yuva420p',
  ],
};

/** For films that this program's own encoder does not get: those of two pictures, or larger than their pictures. */
const LARGE_WEBM: FilmFormat = {
  ...ALPHA_WEBM,
  name: 'WebM',
  keepsAlpha: false,
  pictures: () => [
    ...['-c:v', 'libvpx-vp9', '-crf', '28', '-b:v', '0', '-deadline', 'realtime', '-cpu-used', '8'],
    ...['-row-mt', '1', '-pix_fmt', 'yuv420p'],
  ],
};

const GIF: FilmFormat = {
  name: 'GIF',
  muxer: 'gif',
  hasSound: false,
  keepsAlpha: false,
  hasTags: false,
  // GIF counts time in hundredths of a second; 20 frames a second is the fastest that browsers show evenly.
  filter: 'fps=20,split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=bayer:bayer_scale=4',
  pictures: () => [],
};

const WEBP: FilmFormat = {
  name: 'animated WebP',
  muxer: 'webp',
  hasSound: false,
  keepsAlpha: true,
  hasTags: false,
  pictures: (alpha) => ['-c:v', 'libwebp_anim', '-q:v', '80', '-loop', '0', '-pix_fmt', alpha ? 'yuva420p' : 'yuv420p'],
};

const FORMATS: Readonly<Record<string, FilmFormat>> = { '.mp4': MP4, '.mov': MOV, '.gif': GIF, '.webp': WEBP };

/** Endings of names that a film may have. */
export const FILM_ENDINGS = ['.webm', ...Object.keys(FORMATS)];

/** @returns how ffmpeg encodes a film, whatever its kind. */
export function encodedFormatOf(ending: string): FilmFormat | undefined {
  return ending === '.webm' ? LARGE_WEBM : FORMATS[ending];
}

/**
 * @param ending - of the name, in lower case, with its dot.
 * @returns how ffmpeg encodes such a film, or nothing for WebM with VP8, which this program encodes itself.
 */
export function filmFormatOf(ending: string, alpha: boolean): FilmFormat | undefined {
  if (ending === '.webm') return alpha ? ALPHA_WEBM : undefined;
  return FORMATS[ending];
}
