import { beforeAll, expect, test } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import type { FaceDecoderOptions } from '../../../src/media/face-codec.ts';
import { MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';
import { ReferenceRasteriser } from '../../../src/media/render/reference-rasteriser.ts';
import { MeshCodec } from '../../../src/native/raster/mesh-codec.ts';
import { SimdRasteriser } from '../../../src/native/raster/simd-rasteriser.ts';
import { enrolPortrait } from '../../../src/native/worker/enrol-portrait.ts';
import { astronautPng } from '../../support/portraits.ts';

const CONSENT = { text: 'A picture in the public domain', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
const OPTIONS: FaceDecoderOptions = { sizePx: 256, background: 'portrait', badge: true, seed: 1 };

let avatar: Uint8Array;

beforeAll(async () => {
  const file = await enrolPortrait(await astronautPng(), CONSENT);
  // As worker threads get it: memory that all of them read.
  avatar = new Uint8Array(new SharedArrayBuffer(file.length));
  avatar.set(file);
});

function motionOf(channels: Partial<Record<MotionChannel, number>>): Float32Array {
  const motion = restMotion();
  for (const [channel, value] of Object.entries(channels)) motion[MOTION_INDEX[channel as MotionChannel]] = value;
  return motion;
}

const TALKING = motionOf({ jawOpen: 0.5, headYaw: 12, headPitch: -6, eyeBlinkLeft: 0.6, eyeLookOutLeft: 0.4 });

async function drawn(
  options: Partial<FaceDecoderOptions>,
  motion: Float32Array,
  timeUs = 0,
  codec = new MeshCodec(),
): Promise<Uint8Array> {
  const decoder = await codec.open(avatar, { ...OPTIONS, ...options });
  const rgba = new Uint8Array(decoder.widthPx * decoder.heightPx * 4);
  decoder.drawRgba(motion, mediaTimeUs(timeUs), rgba);
  decoder.close();
  return rgba;
}

test.each([256, 512, 720] as const)('draws the pixels of the reference at %i', async (sizePx) => {
  const fast = await drawn({ sizePx }, TALKING, 1_000_000);
  const slow = await drawn({ sizePx }, TALKING, 1_000_000, new MeshCodec(() => new ReferenceRasteriser()));
  expect(Buffer.compare(fast, slow)).toBe(0);
});

test('motion shows, and the same motion is the same picture', async () => {
  const rest = await drawn({}, restMotion());
  const talking = await drawn({}, TALKING);
  expect(Buffer.compare(talking, await drawn({}, TALKING))).toBe(0);
  const changed = rest.filter((value, at) => Math.abs(value - talking[at]!) > 24).length / rest.length;
  expect(changed).toBeGreaterThan(0.01);
  expect(changed).toBeLessThan(0.4);
});

test('what does not move stays still: the background under a turning head', async () => {
  const left = await drawn({ badge: false }, motionOf({ headYaw: -20 }));
  const right = await drawn({ badge: false }, motionOf({ headYaw: 20 }));
  let worst = 0;
  // The top corners are far from the head.
  for (let y = 0; y < 40; y++) {
    for (let x = 0; x < 24; x++) {
      for (const column of [x, 255 - x]) {
        const at = (y * 256 + column) * 4;
        worst = Math.max(worst, Math.abs(left[at]! - right[at]!));
      }
    }
  }
  expect(worst).toBe(0);
});

test('a colour replaces the background, and the matte says where the person is', async () => {
  const green = await drawn({ background: [0, 177, 64], badge: false }, restMotion());
  expect([...green.slice(0, 4)]).toEqual([0, 177, 64, 255]);
  const beside = await drawn({ background: 'matte', badge: false }, restMotion());
  const at = (x: number, y: number): number => beside[(y * 512 + x) * 4]!;
  expect(at(256 + 4, 4)).toBe(0);
  expect(at(256 + 128, 128)).toBe(255);
});

test('the badge is burnt in unless it is told not to be', async () => {
  const marked = await drawn({}, restMotion());
  const plain = await drawn({ badge: false }, restMotion());
  const changed: number[] = [];
  marked.forEach((value, at) => {
    if (value !== plain[at]) changed.push(Math.floor(at / 4));
  });
  expect(changed.length).toBeGreaterThan(200);
  expect(changed.every((pixel) => pixel % 256 > 200 && pixel / 256 < 40)).toBe(true);
});

test('shoulders breathe, by the time and the seed alone', async () => {
  const now = await drawn({ badge: false }, restMotion(), 0);
  const later = await drawn({ badge: false }, restMotion(), 2_000_000);
  const other = await drawn({ badge: false, seed: 77 }, restMotion(), 0);
  expect(Buffer.compare(now, later)).not.toBe(0);
  expect(Buffer.compare(now, other)).not.toBe(0);
});

test('sessions of one avatar share its layers, and the last to leave gives them back', async () => {
  const { arena } = SimdRasteriser.ofThread();
  // The canvas of the largest picture stays.
  const before = arena.usedBytes;
  const codec = new MeshCodec();
  const first = await codec.open(avatar, OPTIONS);
  const one = arena.usedBytes - before;
  // Another session's message brings the same avatar as another object.
  const second = await codec.open(avatar.slice(), { ...OPTIONS, seed: 2 });
  expect(arena.usedBytes - before - one).toBeLessThan(one / 3);
  first.close();
  second.close();
  expect(arena.usedBytes).toBe(before);
});

test('opens in pieces, between which others are drawn', async () => {
  let pauses = 0;
  const pause = async (): Promise<void> => {
    pauses++;
    await Promise.resolve();
  };
  // A size that no other test has left on the shelf.
  const decoder = await new MeshCodec().open(avatar, { ...OPTIONS, sizePx: 512 }, pause);
  decoder.close();
  expect(pauses).toBeGreaterThan(10);
});

test('what is no avatar is refused', async () => {
  await expect(new MeshCodec().open(new Uint8Array(100), OPTIONS)).rejects.toMatchObject({ code: 'AVATAR_FOREIGN' });
  const damaged = avatar.slice();
  damaged[damaged.length >> 1]! ^= 255;
  await expect(new MeshCodec().open(damaged, OPTIONS)).rejects.toMatchObject({ code: 'AVATAR_CORRUPT' });
});
