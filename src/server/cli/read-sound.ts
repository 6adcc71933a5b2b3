import { basename } from 'node:path';
import { openAudioFile } from '../../native/codec/audio-file.ts';
import type { Sound } from '../evaluate/motion-figures.ts';

/**
 * Reads a whole sound, of a sound file or a film: what is measured is short, and may lie in memory.
 * @throws AvatarError `AUDIO_EMPTY` or `AUDIO_UNREADABLE`.
 */
export async function readSound(path: string): Promise<Sound> {
  const file = await openAudioFile(path);
  try {
    const pieces: Float32Array[] = [];
    for await (const piece of file.samples()) pieces.push(piece);
    const samples = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      samples.set(piece, at);
      at += piece.length;
    }
    return { name: basename(path), sampleRateHz: file.sampleRateHz, samples };
  } finally {
    await file.close();
  }
}
