/**
 * What encoding costs: time and bytes a frame by bitrate, a keyframe, opening and closing.
 *
 *   npm run build && nice node dist/bench/vp8.js
 */
import { seededRandom } from '../src/base/random.ts';
import { mediaTimeUs } from '../src/base/timeline.ts';
import { Vp8Encoder } from '../src/native/codec/vp8/vp8-encoder.ts';
import { quantileMs } from './support/stage.ts';

const SIZE = 512;
const FRAMES = 150;

/** A face-like soft texture that sways, with a mouth that moves. */
function pictures(): Uint8Array[] {
  const random = seededRandom(3);
  const grain = Float32Array.from({ length: SIZE * SIZE }, () => random.uniform() * 10);
  return Array.from({ length: 50 }, (_, index) => {
    const i420 = new Uint8Array((SIZE * SIZE * 3) / 2).fill(128);
    const [dx, dy] = [Math.round(6 * Math.sin(index / 8)), Math.round(4 * Math.cos(index / 11))];
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++) {
        const [u, v] = [x + dx, y + dy];
        const mouth = Math.hypot((u - 256) / 60, (v - 350) / (8 + 14 * Math.abs(Math.sin(index / 2)))) < 1 ? -60 : 0;
        i420[y * SIZE + x] =
          120 + 40 * Math.sin(u / 40) * Math.cos(v / 50) + mouth + grain[((v & 511) << 9) | (u & 511)]!;
      }
    return i420;
  });
}

const frames = pictures();
const rows = [];
for (const bitrateBps of [150_000, 300_000, 500_000, 1_000_000, 2_500_000]) {
  const encoder = Vp8Encoder.open({ widthPx: SIZE, heightPx: SIZE, bitrateBps, framesPerSecond: 25 });
  const takenUs: number[] = [];
  let keyframe = 0;
  let bytes = 0;
  for (let index = 0; index < FRAMES; index++) {
    const start = performance.now();
    const frame = encoder.encode(frames[index % 50]!, mediaTimeUs(index * 40_000), false);
    takenUs.push((performance.now() - start) * 1000);
    if (index === 0) keyframe = frame?.data.length ?? 0;
    else bytes += frame?.data.length ?? 0;
  }
  encoder.close();
  rows.push({
    'kbit/s asked': bitrateBps / 1000,
    'kbit/s got': Math.round((bytes * 8 * 25) / 1000 / (FRAMES - 1)),
    'p50 ms': quantileMs(takenUs, 0.5),
    'p95 ms': quantileMs(takenUs, 0.95),
    'keyframe kB': Math.round(keyframe / 100) / 10,
    'keyframe ms': Math.round((takenUs[0] ?? 0) / 100) / 10,
  });
}
console.log(`${SIZE}x${SIZE}, ${FRAMES} frames`);
console.table(rows);
