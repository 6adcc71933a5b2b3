/**
 * Draws known motion of portraits and reads it back with the landmark net: what the built-in codec shows of what it is
 * told. `npx tsx bench/closed-loop.ts PORTRAIT...`
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { FaceMeasurer } from '../src/native/model/face-measure.ts';
import { MeshCodec } from '../src/native/raster/mesh-codec.ts';
import { PortraitEnroller } from '../src/native/worker/enrol-portrait.ts';
import { shutLidColours } from '../src/server/evaluate/lid-colour.ts';
import { isMonotonic, runClosedLoop, worstError, type LoopPoint } from '../src/server/evaluate/closed-loop.ts';

const CONSENT = { text: 'Measured by the bench', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };

function row(name: string, points: readonly LoopPoint[], bound: string): void {
  const pairs = points.map(({ asked, read }) => `${asked}→${read.toFixed(2)}`).join('  ');
  console.log(`  ${name.padEnd(10)} ${pairs}   ${bound}`);
}

function verdict(value: number, limit: number, unit: string): string {
  return `${value <= limit ? 'ok ' : 'OUT'} worst ${value.toFixed(2)}${unit} of ${limit}${unit}`;
}

const portraits = process.argv.slice(2);
const enroller = await PortraitEnroller.open();
const measurer = await FaceMeasurer.open();
const codec = new MeshCodec();
for (const portrait of portraits) {
  const { avatar } = await enroller.enrol(await readFile(portrait), CONSENT);
  const decoder = await codec.open(avatar, { sizePx: 512, background: 'portrait', badge: false, seed: 1 });
  const loop = await runClosedLoop(decoder, measurer);
  const lids = shutLidColours(decoder, loop.neutral.landmarks).map(({ difference }) => difference);
  decoder.close();
  console.log(basename(portrait));
  for (const [name, points] of [
    ['yaw', loop.yawDeg],
    ['pitch', loop.pitchDeg],
    ['roll', loop.rollDeg],
  ] as const) {
    const near = verdict(worstError(points, 10), 2, '°');
    row(name, points, `${near} to ±10, ${verdict(worstError(points, 20), 4, '°')} to ±20`);
  }
  row('distance', loop.distance, verdict(100 * worstError(loop.distance), 2, ' %'));
  row('gaze yaw', loop.gazeYawDeg, verdict(worstError(loop.gazeYawDeg), 5, '°'));
  row('gaze pitch', loop.gazePitchDeg, verdict(worstError(loop.gazePitchDeg), 5, '°'));
  console.log(`  shut lids  ${verdict(Math.max(...lids), 5, ' dE76')} from the skin around the eye`);
  row('jaw', loop.jawOpening, isMonotonic(loop.jawOpening, 1) ? 'ok  monotonic' : 'OUT');
  row('pucker', loop.puckerWidthCm, isMonotonic(loop.puckerWidthCm, -1) ? 'ok  monotonic' : 'OUT');
  row('smile', loop.smileLiftCm, isMonotonic(loop.smileLiftCm, 1) ? 'ok  monotonic' : 'OUT');
  console.log(`  p b m      ${verdict(100 * loop.closedLipGap, 3, ' %')} of mouth width`);
}
await enroller.close();
await measurer.close();
