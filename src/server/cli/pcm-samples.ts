import { AvatarError } from '../../base/errors.ts';

/**
 * @param bytes - mono PCM, 16 bits, little-endian, cut anywhere.
 * @returns samples in -1..1. @throws AvatarError `AUDIO_EMPTY` when there is not one sample.
 */
export async function* pcmSamples(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Float32Array, void> {
  let carried: number | undefined;
  let heard = false;
  for await (const piece of bytes) {
    const whole = carried === undefined ? piece : Uint8Array.of(carried, ...piece);
    const view = new DataView(whole.buffer, whole.byteOffset, whole.length);
    const samples = Float32Array.from({ length: whole.length >> 1 }, (_, n) => view.getInt16(2 * n, true) / 0x8000);
    carried = whole.length % 2 === 1 ? whole.at(-1) : undefined;
    if (samples.length === 0) continue;
    heard = true;
    yield samples;
  }
  if (!heard) throw new AvatarError('AUDIO_EMPTY', 'Cannot use standard input: it holds no sound, not one sample.');
}
