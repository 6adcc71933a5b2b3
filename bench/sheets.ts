/**
 * Contact sheets of what the built-in codec draws, to be looked at: `npm run sheets -- [--out FOLDER] [PORTRAIT...]`
 * writes NAME-{shapes,visemes,poses,gaze,emotions}.png into FOLDER (var/sheets), and beside them what stands in each cell.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/base/errors.ts';
import { mediaTimeUs } from '../src/base/timeline.ts';
import { ARKIT_SHAPES, MOTION_INDEX, restMotion, type MotionChannel } from '../src/media/motion-space.ts';
import { encodeImage } from '../src/native/codec/image.ts';
import { MeshCodec } from '../src/native/raster/mesh-codec.ts';
import { PortraitEnroller } from '../src/native/worker/enrol-portrait.ts';

type Motion = Partial<Record<MotionChannel, number>>;
interface Cell {
  readonly name: string;
  readonly motion: Motion;
}
interface Sheet {
  readonly name: string;
  readonly columns: number;
  readonly sizePx: 256 | 512;
  /** Only the middle of each picture, where the face is. */
  readonly close?: boolean;
  readonly cells: readonly Cell[];
}

const ROOT = resolve(import.meta.dirname, '..');
const { positionals, values } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
const OUT = values.out ?? join(ROOT, 'var/sheets');
const CONSENT = { text: 'Looked at by the developers', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };

const both = (shape: string, value: number): Motion => ({ [`${shape}Left`]: value, [`${shape}Right`]: value });
const cell = (name: string, ...motions: readonly Motion[]): Cell => ({
  name,
  motion: Object.assign({}, ...motions) as Motion,
});

const SHEETS: readonly Sheet[] = [
  {
    name: 'shapes',
    columns: 9,
    sizePx: 512,
    close: true,
    cells: [cell('rest'), ...ARKIT_SHAPES.map((shape) => cell(shape, { [shape]: 1 }))],
  },
  {
    name: 'visemes',
    columns: 4,
    sizePx: 512,
    cells: [
      cell('rest'),
      cell('p b m', { mouthRollLower: 0.4, mouthRollUpper: 0.3 }, both('mouthPress', 0.4)),
      cell('f v', { mouthRollLower: 0.7, jawOpen: 0.12 }, both('mouthUpperUp', 0.4)),
      cell('th', { jawOpen: 0.2, tongueOut: 0.45 }, both('mouthLowerDown', 0.2)),
      cell('l', { jawOpen: 0.3, tongueOut: 0.3 }, both('mouthUpperUp', 0.2)),
      cell('ee', { jawOpen: 0.15 }, both('mouthStretch', 0.6), both('mouthUpperUp', 0.3), both('mouthLowerDown', 0.4)),
      cell('oo', { mouthPucker: 0.9, jawOpen: 0.1 }),
      cell('oh', { mouthFunnel: 0.7, jawOpen: 0.35 }),
      cell('ah', { jawOpen: 0.6 }),
      cell('sh', { mouthFunnel: 0.6, mouthShrugUpper: 0.3, jawOpen: 0.1 }),
      cell('s z', { jawOpen: 0.06 }, both('mouthStretch', 0.3), both('mouthUpperUp', 0.2), both('mouthLowerDown', 0.3)),
      cell('closed over an open jaw', { jawOpen: 0.4, mouthClose: 0.4 }),
    ],
  },
  {
    name: 'poses',
    columns: 4,
    sizePx: 512,
    cells: [
      ...[-20, -10, 10, 20].map((yaw) => cell(`yaw ${yaw}`, { headYaw: yaw })),
      ...[-15, 15].map((pitch) => cell(`pitch ${pitch}`, { headPitch: pitch })),
      ...[-15, 15].map((roll) => cell(`roll ${roll}`, { headRoll: roll })),
      ...[0.8, 1.25].map((ratio) => cell(`distance ${ratio}`, { headDistance: ratio })),
      cell('talking, turned and bowed', { headYaw: 15, headPitch: -10, jawOpen: 0.4 }),
      cell('talking, turned and raised', { headYaw: -15, headPitch: 10, headRoll: 8, jawOpen: 0.4 }),
    ],
  },
  {
    name: 'gaze',
    columns: 4,
    sizePx: 512,
    cells: [
      cell('to their left', { eyeLookOutLeft: 1, eyeLookInRight: 1 }),
      cell('to their right', { eyeLookInLeft: 1, eyeLookOutRight: 1 }),
      cell('up', both('eyeLookUp', 1)),
      cell('down', both('eyeLookDown', 1)),
      cell('half shut', both('eyeBlink', 0.5)),
      cell('shut', both('eyeBlink', 1)),
      cell('wink', { eyeBlinkLeft: 1, cheekSquintLeft: 0.5 }),
      cell('wide', both('eyeWide', 1)),
    ],
  },
  {
    name: 'emotions',
    columns: 4,
    sizePx: 512,
    cells: [
      cell('joy', both('mouthSmile', 0.8), both('cheekSquint', 0.6), both('eyeSquint', 0.3)),
      cell('laughter', both('mouthSmile', 0.9), both('cheekSquint', 0.7), both('mouthUpperUp', 0.4), { jawOpen: 0.4 }),
      cell('sadness', both('mouthFrown', 0.7), { browInnerUp: 0.8, mouthShrugLower: 0.3 }, both('eyeLookDown', 0.3)),
      cell('anger', both('browDown', 0.9), both('noseSneer', 0.5), both('mouthPress', 0.5), both('eyeSquint', 0.4)),
      cell('surprise', both('browOuterUp', 0.8), both('eyeWide', 0.8), { browInnerUp: 0.8, jawOpen: 0.35 }),
      cell('fear', both('eyeWide', 0.7), both('mouthStretch', 0.5), { browInnerUp: 0.9 }),
      cell('disgust', both('noseSneer', 0.9), both('mouthUpperUp', 0.5), both('browDown', 0.4)),
      cell('contempt', { mouthDimpleLeft: 0.8, mouthSmileLeft: 0.3, eyeSquintLeft: 0.3 }),
    ],
  },
];

async function draw(avatar: Uint8Array, sheet: Sheet): Promise<Uint8Array> {
  const { cells, columns, sizePx } = sheet;
  const decoder = await new MeshCodec().open(avatar, { sizePx, background: 'portrait', badge: false, seed: 1 });
  const rows = Math.ceil(cells.length / columns);
  const cellPx = sheet.close === true ? sizePx / 2 : sizePx;
  const [skipX, skipY] = sheet.close === true ? [sizePx / 4, Math.round(sizePx * 0.17)] : [0, 0];
  const widthPx = columns * cellPx;
  const bytes = new Uint8Array(widthPx * rows * cellPx * 4);
  const picture = new Uint8Array(sizePx * sizePx * 4);
  cells.forEach(({ motion }, index) => {
    const frame = restMotion();
    for (const [channel, value] of Object.entries(motion)) frame[MOTION_INDEX[channel as MotionChannel]] = value;
    decoder.drawRgba(frame, mediaTimeUs(0), picture);
    const left = (index % columns) * cellPx;
    const top = Math.floor(index / columns) * cellPx;
    for (let y = 0; y < cellPx; y++) {
      const from = ((y + skipY) * sizePx + skipX) * 4;
      bytes.set(picture.subarray(from, from + cellPx * 4), ((top + y) * widthPx + left) * 4);
    }
  });
  decoder.close();
  return (await encodeImage({ widthPx, heightPx: rows * cellPx, channels: 4, bytes }, 'png')).bytes;
}

async function shipped(): Promise<string[]> {
  const folder = join(ROOT, 'models/portraits');
  return (await readdir(folder)).filter((name) => name.endsWith('.png')).map((name) => join(folder, name));
}

const portraits = positionals.length > 0 ? positionals : await shipped();
await mkdir(OUT, { recursive: true });
const enroller = await PortraitEnroller.open();
for (const portrait of portraits) {
  const name = basename(portrait, extname(portrait));
  try {
    const { avatar } = await enroller.enrol(await readFile(portrait), CONSENT);
    for (const sheet of SHEETS) {
      await writeFile(join(OUT, `${name}-${sheet.name}.png`), await draw(avatar, sheet));
      console.log(join(OUT, `${name}-${sheet.name}.png`));
    }
  } catch (thrown) {
    console.log(`${name}: ${messageOf(thrown)}`);
  }
}
for (const { name, columns, cells } of SHEETS) {
  const lines = cells.map(
    (entry, index) => `${Math.floor(index / columns) + 1}.${(index % columns) + 1} ${entry.name}`,
  );
  await writeFile(join(OUT, `${name}.txt`), `row.column\n${lines.join('\n')}\n`);
}
await enroller.close();
