/**
 * How often the watermark is found after VP8 at 300 kbit/s and scaling to 360 px, and how often where there is none.
 * Clips of 5 s: a textured oval moves before a textured ground, as a talking head does; some stand still, some pan.
 *
 *   node --import tsx bench/watermark.ts [--clips 200] [--from 0] [--kbps 300] [--size 360] [--picture portrait.png ...]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { seededRandom, type Random } from '../src/base/random.ts';
import { mediaTimeUs } from '../src/base/timeline.ts';
import { Watermark } from '../src/media/render/watermark.ts';
import { WATERMARK_THRESHOLD } from '../src/media/render/watermark-detector.ts';
import { WatermarkSearch } from '../src/media/render/watermark-search.ts';

const SIZE_PX = 512;
const TEXTURE_PX = 640;
const FRAMES = 125;
const FRAMES_PER_SECOND = 25;
const FRAME_US = 1e6 / FRAMES_PER_SECOND;

const { values } = parseArgs({
  options: {
    clips: { type: 'string', default: '200' },
    kbps: { type: 'string', default: '300' },
    size: { type: 'string', default: '360' },
    from: { type: 'string', default: '0' },
    picture: { type: 'string', multiple: true, default: [] },
  },
});
const clips = Number(values.clips);
const from = Number(values.from);
const scaledPx = Number(values.size);

const pictures = values.picture.map(readPicture);

function readPicture(path: string): Uint8Array {
  const scale = `scale=${TEXTURE_PX}:${TEXTURE_PX}:force_original_aspect_ratio=increase,crop=${TEXTURE_PX}:${TEXTURE_PX}`;
  const args = [
    '-v',
    'error',
    '-i',
    path,
    '-frames:v',
    '1',
    '-vf',
    scale,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'yuv420p',
    '-',
  ];
  return new Uint8Array(execFileSync('ffmpeg', args, { maxBuffer: 1 << 26 })).subarray(0, TEXTURE_PX * TEXTURE_PX);
}

/** Value noise over octaves of a random slope, with a few hard-edged bars: from smooth skin to cloth. */
function texture(random: Random): Uint8Array {
  const sums = new Float32Array(TEXTURE_PX * TEXTURE_PX).fill(60 + 110 * random.uniform());
  const slope = 0.5 + 0.45 * random.uniform();
  let strength = 50;
  for (let cellPx = 160; cellPx >= 2; cellPx /= 2, strength *= slope) {
    const side = Math.ceil(TEXTURE_PX / cellPx) + 2;
    const lattice = Float32Array.from({ length: side * side }, () => random.uniform() - 0.5);
    for (let y = 0; y < TEXTURE_PX; y++) {
      const v = y / cellPx;
      const row = Math.floor(v) * side;
      const down = v - Math.floor(v);
      for (let x = 0; x < TEXTURE_PX; x++) {
        const u = x / cellPx;
        const at = row + Math.floor(u);
        const across = u - Math.floor(u);
        const above = lattice[at]! + (lattice[at + 1]! - lattice[at]!) * across;
        const below = lattice[at + side]! + (lattice[at + side + 1]! - lattice[at + side]!) * across;
        sums[y * TEXTURE_PX + x]! += strength * (above + (below - above) * down);
      }
    }
  }
  for (let bar = 0; bar < 4 * random.uniform(); bar++) {
    const left = Math.floor(random.uniform() * TEXTURE_PX);
    const width = Math.floor(4 + 60 * random.uniform());
    const step = 120 * (random.uniform() - 0.5);
    for (let y = 0; y < TEXTURE_PX; y++)
      for (let x = left; x < Math.min(TEXTURE_PX, left + width); x++) sums[y * TEXTURE_PX + x]! += step;
  }
  return Uint8Array.from(sums, (value) => Math.max(16, Math.min(235, value)));
}

/** @returns the luma of one frame: `ground` under an oval of `front`, each shifted by its own motion. */
function compose(ground: Uint8Array, front: Uint8Array, motion: Motion, frame: number, luma: Uint8Array): void {
  const seconds = frame / FRAMES_PER_SECOND;
  const headX = motion.headPx * Math.sin(seconds * motion.rate);
  const headY = motion.headPx * Math.cos(seconds * motion.rate * 1.3) * 0.6;
  const pan = motion.panPx * seconds;
  for (let y = 0; y < SIZE_PX; y++) {
    for (let x = 0; x < SIZE_PX; x++) {
      const dx = (x - 256 - headX) / 130;
      const dy = (y - 250 - headY) / 180;
      const inside = dx * dx + dy * dy < 1;
      luma[y * SIZE_PX + x] = inside
        ? sample(front, x + 64 - headX, y + 64 - headY)
        : sample(ground, x + pan + 20, y + 64);
    }
  }
}

interface Motion {
  readonly headPx: number;
  readonly rate: number;
  readonly panPx: number;
}

function sample(pixels: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const at = top * TEXTURE_PX + left;
  const across = x - left;
  const down = y - top;
  const above = pixels[at]! + (pixels[at + 1]! - pixels[at]!) * across;
  const below = pixels[at + TEXTURE_PX]! + (pixels[at + TEXTURE_PX + 1]! - pixels[at + TEXTURE_PX]!) * across;
  return above + (below - above) * down;
}

/** Encodes as a live call would, then decodes and scales. @returns Y, Cb and Cr in full, frame after frame. */
async function throughVp8(frames: Uint8Array): Promise<Uint8Array> {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${SIZE_PX}x${SIZE_PX}`, '-r', `${FRAMES_PER_SECOND}`];
  const rate = `${values.kbps}k`;
  const live = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '-8', '-lag-in-frames', '0'];
  const limit = ['-b:v', rate, '-maxrate', rate, '-minrate', rate, '-bufsize', rate, '-g', '9999', '-threads', '1'];
  const encoded = await pipe(['-i', '-', ...live, ...limit, '-f', 'ivf', '-'], frames, raw);
  bytes.push(encoded.length);
  return pipe(['-i', '-', '-vf', `scale=${scaledPx}:${scaledPx},format=yuv444p`, '-f', 'rawvideo', '-'], encoded, [
    '-f',
    'ivf',
  ]);
}
const bytes: number[] = [];

async function pipe(args: string[], input: Uint8Array, before: string[]): Promise<Uint8Array> {
  const child = spawn('ffmpeg', ['-v', 'error', ...before, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stdin.end(input);
  await once(child, 'close');
  return Buffer.concat(parts);
}

async function score(index: number, marked: boolean): Promise<number> {
  const random = seededRandom(index, marked ? 1 : 2);
  const key = `operator ${index}`;
  const pick = (): Uint8Array =>
    pictures.length > 0 && random.uniform() < 0.5
      ? pictures[Math.floor(random.uniform() * pictures.length)]!
      : texture(random);
  const ground = pick();
  const front = pick();
  const still = random.uniform() < 0.2;
  const motion: Motion = {
    headPx: still ? 0 : 2 + 14 * random.uniform(),
    rate: 1 + 5 * random.uniform(),
    panPx: random.uniform() < 0.2 ? 30 * random.uniform() : 0,
  };
  const frameBytes = (SIZE_PX * SIZE_PX * 3) / 2;
  const frames = new Uint8Array(FRAMES * frameBytes).fill(128);
  const watermark = new Watermark(key, SIZE_PX, SIZE_PX);
  // A film may begin anywhere in a call.
  const startUs = Math.round(1e7 * random.uniform());
  for (let frame = 0; frame < FRAMES; frame++) {
    const picture = frames.subarray(frame * frameBytes, (frame + 1) * frameBytes);
    compose(ground, front, motion, frame, picture);
    if (marked) watermark.embed(picture, mediaTimeUs(startUs + frame * FRAME_US));
  }
  const decoded = await throughVp8(frames);
  const search = new WatermarkSearch(key, FRAMES_PER_SECOND, scaledPx, scaledPx);
  const plane = scaledPx * scaledPx;
  for (let at = 0; at + 3 * plane <= decoded.length; at += 3 * plane) {
    search.push({ luma: decoded.subarray(at, at + plane), cb: decoded.subarray(at + plane, at + 2 * plane) });
  }
  return search.verdict().score;
}

function row(name: string, scores: number[]): void {
  const sorted = scores.toSorted((a, b) => a - b);
  const at = (part: number): string => sorted[Math.round(part * (sorted.length - 1))]!.toFixed(1);
  const over = scores.filter((value) => value > WATERMARK_THRESHOLD).length;
  const share = ((100 * over) / scores.length).toFixed(1);
  console.log(`| ${name} | ${scores.length} | ${over} (${share} %) | ${at(0)} | ${at(0.05)} | ${at(0.5)} | ${at(1)} |`);
}

const scores = { marked: [] as number[], clean: [] as number[] };
for (let index = from; index < from + clips; index++) {
  scores.marked.push(await score(index, true));
  scores.clean.push(await score(index, false));
}
console.log(
  `VP8 ${values.kbps} kbit/s, ${SIZE_PX} -> ${scaledPx} px, ${FRAMES} frames, threshold ${WATERMARK_THRESHOLD}`,
);
const rate = bytes.reduce((sum, one) => sum + one, 0) / bytes.length / (FRAMES / FRAMES_PER_SECOND);
console.log(`bitrate reached: ${((rate * 8) / 1000).toFixed(0)} kbit/s`);
console.log('| clips | count | called marked | lowest score | 5 % | median | highest |\n|---|---|---|---|---|---|---|');
row('marked', scores.marked);
row('unmarked', scores.clean);

const mark = new Watermark('cost', SIZE_PX, SIZE_PX);
const plane = new Uint8Array(SIZE_PX * SIZE_PX * 1.5).fill(128);
let embedMs = 0;
for (let round = 0; round < 60; round++) {
  plane.fill(128);
  const start = performance.now();
  for (let i = 0; i < 20; i++) mark.embed(plane, mediaTimeUs((20 * round + i) * FRAME_US));
  if (round >= 10) embedMs += (performance.now() - start) / 20 / 50;
}
console.log(`embedding: ${embedMs.toFixed(3)} ms a frame`);
