/**
 * The colour of shut lids against the skin around the eyes: `node dist/bench/lid-colour.js [PORTRAIT...]` draws each
 * portrait (the built-in ones, if none is named) with its eyes shut, and prints for either eye the CIE 1976 difference
 * and how much lighter the lid is. It ends with 1 if a lid differs by more than the limit.
 */
import { readFile, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { buildAppearance } from '../src/media/portrait/build-appearance.ts';
import { PortraitAnalyser } from '../src/native/model/portrait-analyser.ts';
import { MeshCodec } from '../src/native/raster/mesh-codec.ts';
import { shutLidColours } from '../src/server/evaluate/lid-colour.ts';

const SIZE_PX = 512;
const LIMIT = 5;
const PORTRAITS = join(resolve(import.meta.dirname, '..'), 'models/portraits');

const named = process.argv.slice(2);
const portraits =
  named.length > 0
    ? named
    : (await readdir(PORTRAITS)).filter((name) => /\.(png|webp)$/.test(name)).map((name) => join(PORTRAITS, name));
const analyser = await PortraitAnalyser.open();
let over = 0;
for (const portrait of portraits) {
  const analysis = await analyser.analyse(await readFile(portrait));
  const options = { sizePx: SIZE_PX, background: 'portrait', badge: false, seed: 1 } as const;
  const decoder = new MeshCodec().preview(buildAppearance(analysis), options);
  const scale = SIZE_PX / analysis.sizePx;
  const colours = shutLidColours(
    decoder,
    analysis.landmarks.map((value) => value * scale),
  );
  decoder.close();
  const figures = colours.map(({ difference, lighter }) => `${difference.toFixed(1)} (L* ${lighter.toFixed(1)})`);
  console.log(`${basename(portrait).padEnd(44)} right ${figures[0] ?? ''}  left ${figures[1] ?? ''}`);
  over += colours.filter(({ difference }) => difference > LIMIT).length;
}
await analyser.close();
console.log(`${over} of ${2 * portraits.length} lids differ by more than ${LIMIT}`);
process.exitCode = over > 0 ? 1 : 0;
