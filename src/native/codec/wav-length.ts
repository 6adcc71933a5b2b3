/**
 * Writers that do not know the length beforehand put one of these into the header: 0, all ones, or (SoX) 0x7ffff000 less
 * the header. A sound that really is so long is only not checked for its end.
 */
const UNKNOWN_FROM_BYTES = 0x7fff0000;
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** PCM, float, A-law, mu-law and the extensible form, whose length follows from the bytes exactly. */
const EXACT_CODECS = [1, 3, 6, 7, 0xfffe];
/** Offsets inside the chunks: `dataSize` of `ds64` (EBU Tech 3306), `nAvgBytesPerSec` of `fmt `. */
const DS64_DATA_SIZE_AT = 8;
const FMT_BYTE_RATE_AT = 8;

/**
 * @param head - the first bytes of a WAV, RF64 or BW64 file.
 * @returns how long its header says that the sound is, in seconds, or nothing when the header does not
 * know or when the codec makes it inexact.
 */
export function promisedWavSeconds(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let byteRate = 0;
  let longSize: number | undefined;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= head.length;) {
    const name = String.fromCharCode(...head.subarray(at, at + 4));
    const size = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER_BYTES;
    if (name === 'data') {
      const bytes = size === 0xffffffff ? longSize : size < UNKNOWN_FROM_BYTES ? size : undefined;
      return bytes === undefined || bytes === 0 || byteRate === 0 ? undefined : bytes / byteRate;
    }
    if (start + 16 > head.length) return undefined;
    if (name === 'ds64') longSize = Number(view.getBigUint64(start + DS64_DATA_SIZE_AT, true));
    if (name === 'fmt ') {
      if (!EXACT_CODECS.includes(view.getUint16(start, true))) return undefined;
      byteRate = view.getUint32(start + FMT_BYTE_RATE_AT, true);
    }
    // Chunks begin at even offsets.
    at = start + size + (size & 1);
  }
  return undefined;
}
