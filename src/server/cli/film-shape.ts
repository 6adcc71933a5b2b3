import { InvalidArgumentError, Option } from 'commander';
import type { FaceDecoderOptions } from '../../media/face-codec.ts';
import { UsageError } from './command-failure.ts';

/** Width over height. */
const ASPECTS = { '1:1': [1, 1], '16:9': [16, 9], '9:16': [9, 16], '4:5': [4, 5] } as const;
export type Aspect = keyof typeof ASPECTS;

export const SIZES = [256, 512, 720, 1080] as const;
export type FilmSize = (typeof SIZES)[number];
/** Faces are drawn no larger than this; a larger film enlarges them. */
const LARGEST_DRAWN_PX = 720;

/** What decides the shape of a film. */
export interface FilmWish {
  readonly size: FilmSize;
  readonly aspect: Aspect;
  readonly background: FaceDecoderOptions['background'];
  readonly out?: string;
}

/** How large a film is, and the square picture in it. */
export interface FilmShape {
  /** Side of the picture as it is drawn. */
  readonly drawnPx: FaceDecoderOptions['sizePx'];
  /** Of a film that is larger than its picture, or nothing. */
  readonly film: { readonly widthPx: number; readonly heightPx: number; readonly facePx: number } | undefined;
}

export function aspectOption(): Option {
  return new Option('--aspect <ratio>', `shape of the film: ${Object.keys(ASPECTS).join(', ')}`)
    .default('1:1')
    .argParser((text) => {
      if (text in ASPECTS) return text as Aspect;
      throw new InvalidArgumentError(`Give one of ${Object.keys(ASPECTS).join(', ')}.`);
    });
}

/** @throws UsageError for a film that cannot have that shape. */
export function filmShapeOf({ size, aspect, background, out }: FilmWish): FilmShape {
  const drawnPx = size === 1080 ? LARGEST_DRAWN_PX : size;
  if (aspect === '1:1' && size === drawnPx) return { drawnPx, film: undefined };
  const what = aspect === '1:1' ? `--size ${size}` : `--aspect ${aspect}`;
  if (background === 'transparent' || background === 'matte') {
    throw new UsageError(`${what} does not go with --background ${background}.`);
  }
  if (out === '-') throw new UsageError(`${what} needs a file: name one with --out.`);
  const [across, down] = ASPECTS[aspect];
  const shorter = Math.min(across, down);
  // Sides are even, as 4:2:0 wants them.
  const length = (parts: number): number => 2 * Math.round((size * parts) / shorter / 2);
  return { drawnPx, film: { widthPx: length(across), heightPx: length(down), facePx: size } };
}
