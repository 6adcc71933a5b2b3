/**
 * How an enrolled face's shapes agree with measured ones: `npx tsx bench/rig-sizes.ts MEASURED PORTRAIT...` reads
 * displacements measured on ICT-FaceKit (as bench/fit-rig.ts does), enrols each portrait, and prints for every shape the
 * size and the direction of what it does at 1, over the 60 points that move most: the worst portrait and the mean.
 */
import { readFile } from 'node:fs/promises';
import { ARKIT_SHAPES, type ArkitShape } from '../src/media/motion-space.ts';
import { rigAgreement, shapeField, type RigAgreement } from '../src/media/portrait/rig-reading.ts';
import { buildAppearance } from '../src/media/portrait/build-appearance.ts';
import { PortraitAnalyser } from '../src/native/model/portrait-analyser.ts';

type Vector = readonly [number, number, number];

const POINTS = 60;
const [measuredPath = '', ...portraits] = process.argv.slice(2);
const { shapes } = JSON.parse(await readFile(measuredPath, 'utf8')) as { shapes: Record<string, Vector[]> };
const analyser = await PortraitAnalyser.open();
const found = new Map<ArkitShape, RigAgreement[]>();
for (const portrait of portraits) {
  const appearance = buildAppearance(await analyser.analyse(await readFile(portrait)));
  for (const shape of ARKIT_SHAPES) {
    const largest = (measuredOf(shape) ?? [])
      .map((vector, point) => [point, ...vector] as const)
      .sort((a, b) => Math.hypot(b[1], b[2], b[3]) - Math.hypot(a[1], a[2], a[3]))
      .slice(0, POINTS);
    if (largest.length === 0) continue;
    found.set(shape, [...(found.get(shape) ?? []), rigAgreement(shapeField(appearance, shape), largest)]);
  }
}
for (const [shape, agreements] of found) {
  const sizes = agreements.map(({ size }) => size);
  const directions = agreements.map(({ direction }) => direction);
  const mean = (values: readonly number[]): string =>
    (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(3);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  process.stdout.write(
    `${shape.padEnd(20)} size ${mean(sizes)} (${least.toFixed(3)}-${most.toFixed(3)})  direction ${mean(directions)} (${Math.min(...directions).toFixed(3)})\n`,
  );
}
await analyser.close();

/** ICT-FaceKit splits two shapes in halves that ARKit has as one. */
function measuredOf(shape: ArkitShape): Vector[] | undefined {
  const [left, right] = [shapes[`${shape}Left`], shapes[`${shape}Right`]];
  if (left === undefined || right === undefined) return shapes[shape];
  return left.map(([x, y, z], point) => {
    const [rx, ry, rz] = right[point] ?? [0, 0, 0];
    return [x + rx, y + ry, z + rz];
  });
}
