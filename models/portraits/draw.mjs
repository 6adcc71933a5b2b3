/**
 * Draws the portraits that come with the program: people who do not exist, of many ages and skin tones, each at rest
 * and facing the viewer. Writes `NAME.webp` beside this file.
 *
 *   node models/portraits/draw.mjs [NAME...]
 */
import { join } from 'node:path';
import sharp from 'sharp';
import { PEOPLE } from './people.mjs';
import { portraitSvg } from './portrait-svg.mjs';

const SIDE_PX = 1024;
const wanted = process.argv.slice(2);
for (const person of PEOPLE) {
  if (wanted.length > 0 && !wanted.includes(person.name)) continue;
  const path = join(import.meta.dirname, `${person.name}.webp`);
  await sharp(Buffer.from(portraitSvg(person))).resize(SIDE_PX).webp({ quality: 94, effort: 6 }).toFile(path);
}
