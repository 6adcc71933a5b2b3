/**
 * Pictures of feelings for somebody to name who has not seen them before: `node dist/bench/feelings.js [--out FOLDER]
 * [--strength 1] [--seed 1] PORTRAIT...` draws each portrait with each of the seven feelings and writes them as 01.png,
 * 02.png and so on in an order that chance decides, `key.tsv` with what each number shows, and `sheet.png` with one row
 * per portrait and one column per feeling, in the order of the key's header. Portraits may be pictures or avatar files.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/random.ts';
import { mediaTimeUs } from '../src/base/timeline.ts';
import { EMOTIONS, type Emotion } from '../protocol/control.ts';
import { ControlTrack } from '../src/media/control/control-track.ts';
import { compose } from '../src/media/motion/composition.ts';
import { restMotion } from '../src/media/motion-space.ts';
import { encodeImage } from '../src/native/codec/image.ts';
import { MeshCodec } from '../src/native/raster/mesh-codec.ts';
import { PortraitEnroller } from '../src/native/worker/enrol-portrait.ts';

interface Shown {
  readonly portrait: string;
  readonly feeling: Emotion;
  readonly rgba: Uint8Array;
}

const SIZE_PX = 512;
const CONSENT = { text: 'Looked at by the developers', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
/** Feelings take half a second to come. */
const SETTLED = mediaTimeUs(2_000_000);

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: resolve(import.meta.dirname, '../../var/feelings') },
    strength: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
await mkdir(values.out, { recursive: true });
const enroller = await PortraitEnroller.open();
const rows: Shown[][] = [];
for (const path of positionals) {
  const file = await readFile(path);
  const avatar = extname(path) === '.avatar' ? file : (await enroller.enrol(file, CONSENT)).avatar;
  rows.push(await draw(basename(path, extname(path)), avatar));
}
await enroller.close();
const pictures = shuffled(rows.flat());
const key = [`number\tportrait\tfeeling\tstrength (columns of the sheet: ${EMOTIONS.join(', ')})`];
for (const [index, { portrait, feeling, rgba }] of pictures.entries()) {
  const number = String(index + 1).padStart(2, '0');
  key.push([number, portrait, feeling, values.strength].join('\t'));
  await write(`${number}.png`, SIZE_PX, SIZE_PX, rgba);
}
await writeFile(join(values.out, 'key.tsv'), `${key.join('\n')}\n`);
await writeSheet();
console.log(values.out);

async function draw(portrait: string, avatar: Uint8Array): Promise<Shown[]> {
  const decoder = await new MeshCodec().open(avatar, {
    sizePx: SIZE_PX,
    background: 'portrait',
    badge: false,
    seed: 1,
  });
  const shown = EMOTIONS.map((feeling) => {
    const controls = new ControlTrack();
    controls.apply({ type: 'emotion', name: feeling, strength: Number(values.strength) }, mediaTimeUs(0));
    const motion = restMotion();
    compose(motion, { ...controls.at(SETTLED), mouthOpen: 1 });
    const rgba = new Uint8Array(SIZE_PX * SIZE_PX * 4);
    decoder.drawRgba(motion, mediaTimeUs(0), rgba);
    return { portrait, feeling, rgba };
  });
  decoder.close();
  return shown;
}

async function writeSheet(): Promise<void> {
  const widthPx = EMOTIONS.length * SIZE_PX;
  const sheet = new Uint8Array(widthPx * rows.length * SIZE_PX * 4);
  rows.forEach((row, rowIndex) => {
    row.forEach(({ rgba }, column) => {
      for (let y = 0; y < SIZE_PX; y++) {
        const to = ((rowIndex * SIZE_PX + y) * widthPx + column * SIZE_PX) * 4;
        sheet.set(rgba.subarray(y * SIZE_PX * 4, (y + 1) * SIZE_PX * 4), to);
      }
    });
  });
  await write('sheet.png', widthPx, rows.length * SIZE_PX, sheet);
}

async function write(name: string, widthPx: number, heightPx: number, bytes: Uint8Array): Promise<void> {
  const { bytes: file } = await encodeImage({ widthPx, heightPx, channels: 4, bytes }, 'png');
  await writeFile(join(values.out, name), file);
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[]): T[] {
  const random = seededRandom(Number(values.seed));
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random.uniform() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
