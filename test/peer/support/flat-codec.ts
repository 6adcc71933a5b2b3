import type { FaceCodec } from '../../../src/media/face-codec.ts';
import { MOTION_INDEX } from '../../../src/media/motion-space.ts';

/** Draws no face: a grey that gets lighter as the jaw opens, and a bar that moves with time. */
export async function openFaceCodec(): Promise<FaceCodec> {
  return {
    name: 'flat',
    open: async (avatar, { sizePx }) => {
      if (avatar.length === 0) throw new Error('an empty avatar');
      return {
        widthPx: sizePx,
        heightPx: sizePx,
        drawI420: (motion, timeUs, target) => {
          target.fill(128, sizePx * sizePx);
          target.fill(60 + 150 * (motion[MOTION_INDEX.jawOpen] ?? 0), 0, sizePx * sizePx);
          // A bar that wanders: little for the encoder, so that tests load nothing but what they test.
          const bar = Math.floor(timeUs / 40_000) % sizePx;
          target.fill(200, bar * sizePx, (bar + 1) * sizePx);
        },
        drawRgba: (_, __, target) => {
          target.fill(128);
        },
        close: () => undefined,
      };
    },
  };
}
