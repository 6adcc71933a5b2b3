const PCM = 1;
const EXTENSIBLE = 0xfffe;

/**
 * Reads a WAV file of 16-bit PCM as one channel at another rate.
 * @returns samples, -1..1. @throws Error for anything else.
 */
export function readWav(file: Uint8Array, rateHz: number): Float32Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const name = (at: number): string => String.fromCharCode(...file.subarray(at, at + 4));
  if (file.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE') throw new Error('This is not a WAV file');
  let format: { readonly channels: number; readonly rateHz: number } | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    if (name(at) === 'fmt ' && start + 16 <= file.length) {
      const kind = view.getUint16(start, true);
      if ((kind !== PCM && kind !== EXTENSIBLE) || view.getUint16(start + 14, true) !== 16) {
        throw new Error('Only WAV files of 16-bit PCM can be read');
      }
      format = { channels: view.getUint16(start + 2, true), rateHz: view.getUint32(start + 4, true) };
    } else if (name(at) === 'data' && format !== undefined && format.channels > 0 && format.rateHz > 0) {
      const end = Math.min(start + length, file.length);
      return resampled(mono(view, start, end, format.channels), format.rateHz, rateHz);
    }
    // Chunks begin at even places.
    at = start + length + (length % 2);
  }
  throw new Error('The WAV file has no sound');
}

function mono(view: DataView, start: number, end: number, channels: number): Float32Array {
  const samples = new Float32Array(Math.floor((end - start) / (2 * channels)));
  for (let at = 0; at < samples.length; at++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += view.getInt16(start + 2 * (at * channels + channel), true);
    }
    samples[at] = sum / channels / 32_768;
  }
  return samples;
}

/** Linear interpolation: enough for a voice that is coded at 40 kbit/s afterwards. */
function resampled(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  if (fromHz === toHz) return samples;
  const result = new Float32Array(Math.floor((samples.length * toHz) / fromHz));
  for (let at = 0; at < result.length; at++) {
    const place = (at * fromHz) / toHz;
    const before = Math.floor(place);
    const share = place - before;
    result[at] = (samples[before] ?? 0) * (1 - share) + (samples[before + 1] ?? samples[before] ?? 0) * share;
  }
  return result;
}
