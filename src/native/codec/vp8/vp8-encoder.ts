import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AvatarError, messageOf } from '../../../base/errors.ts';
import type { Closable } from '../../../base/lifecycle.ts';
import type { EncodedFrame } from '../../../base/media.ts';
import type { MediaTimeUs } from '../../../base/timeline.ts';

export interface Vp8EncoderOptions {
  /** Both even. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bitrateBps: number;
  /** The rate that the bits are spread over; frames may come at other times. */
  readonly framesPerSecond: number;
}

interface NativeEncoder {
  encode(i420: Uint8Array, timeUs: number, forceKeyframe: boolean): ArrayBuffer | undefined;
  setBitrate(bitrateBps: number): void;
  setFrameRate(framesPerSecond: number): void;
  close(): void;
}
interface Addon {
  readonly NativeVp8Encoder: new (width: number, height: number, bitrateBps: number, rate: number) => NativeEncoder;
}

/** VP8 in libvpx's realtime mode at a fixed speed: the call for a frame returns that frame's bytes. One thread each. */
export class Vp8Encoder implements Closable {
  readonly #native: NativeEncoder;

  private constructor(native: NativeEncoder) {
    this.#native = native;
  }

  /** @throws AvatarError `CODEC_FAILED` when an option is out of range or the addon is not built. */
  static open(options: Vp8EncoderOptions): Vp8Encoder {
    const { widthPx, heightPx, bitrateBps, framesPerSecond } = options;
    return attempt(() => {
      const { NativeVp8Encoder } = loadAddon();
      return new Vp8Encoder(new NativeVp8Encoder(widthPx, heightPx, bitrateBps, framesPerSecond));
    });
  }

  /**
   * @param i420 - planar, `widthPx * heightPx * 3 / 2` bytes, only read.
   * @param timeUs - later than the frame before.
   * @returns the frame, in memory of its own that may be transferred.
   * @throws AvatarError `CODEC_FAILED` when the picture, the time or the encoder is not usable.
   */
  encode(i420: Uint8Array, timeUs: MediaTimeUs, forceKeyframe: boolean): EncodedFrame | undefined {
    const bytes = attempt(() => this.#native.encode(i420, timeUs, forceKeyframe));
    if (bytes === undefined) return undefined;
    const data = new Uint8Array(bytes);
    return { timeUs, data, keyframe: isKeyframe(data) };
  }

  /** From the next frame on, without a keyframe. */
  setBitrate(bitrateBps: number): void {
    attempt(() => {
      this.#native.setBitrate(bitrateBps);
    });
  }

  setFrameRate(framesPerSecond: number): void {
    attempt(() => {
      this.#native.setFrameRate(framesPerSecond);
    });
  }

  close(): void {
    this.#native.close();
  }
}

/** @returns whether a VP8 frame decodes without another (RFC 6386, 9.1: the lowest bit is clear). */
export function isKeyframe(frame: Uint8Array): boolean {
  return frame.length > 0 && (frame[0]! & 1) === 0;
}

let addon: Addon | undefined;

function loadAddon(): Addon {
  // The addon lies in build/ of the package, whether this runs from src/ or from dist/.
  addon ??= createRequire(import.meta.url)(join(packageFolder(import.meta.dirname), 'build/vp8.node')) as Addon;
  return addon;
}

function packageFolder(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('no package.json above the encoder');
  return packageFolder(parent);
}

function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw new AvatarError('CODEC_FAILED', messageOf(thrown), { cause: thrown });
  }
}
