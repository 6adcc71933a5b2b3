/**
 * Fits how far each handle of the rig goes for each shape: `npx tsx bench/fit-rig.ts MEASURED DENSE` reads displacements
 * measured on ICT-FaceKit (`displacements.json`: centimetres at the 468 points of the canonical face; `dense.npz`: the
 * same on its own vertices) and writes src/media/portrait/rig-amounts.ts. It prints how well the fields that the rig
 * makes of the amounts agree with what was measured.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parseCanonicalFace } from '../src/media/portrait/canonical-face.ts';
import {
  LIP_INNER_LOWER,
  LIP_INNER_UPPER,
  LIP_OUTER_LOWER,
  LIP_OUTER_UPPER,
} from '../src/media/portrait/landmark-groups.ts';
import { rigHandles } from '../src/media/portrait/rig-handles.ts';
import { RigSolver } from '../src/media/portrait/rig-solver.ts';
import { mirrorPoints, openTriangles } from '../src/media/portrait/topology.ts';
import { readFaceAssets } from '../src/native/model/face-assets.ts';
import { readNpz, stringsOf, type NpyArray } from './support/npz.ts';

type Vector = readonly [number, number, number];
/** `[468]` cm. */
type Field = Vector[];

/** Shapes of one side are fitted on the left and mirrored; of whole-face shapes the halves are made equal. */
const SIDED = [
  'browDown',
  'browOuterUp',
  'cheekSquint',
  'jaw',
  'mouthDimple',
  'mouthFrown',
  'mouth',
  'mouthLowerDown',
  'mouthPress',
  'mouthSmile',
  'mouthStretch',
  'mouthUpperUp',
  'noseSneer',
] as const;
const WHOLE = [
  'browInnerUp',
  'cheekPuff',
  'jawForward',
  'jawOpen',
  'mouthClose',
  'mouthFunnel',
  'mouthPucker',
  'mouthRollLower',
  'mouthRollUpper',
  'mouthShrugLower',
  'mouthShrugUpper',
] as const;
/** In these the lips stay together: what the registration leaves between them is not a gap. */
const SEALED: ReadonlySet<string> = new Set([
  'browDown',
  'cheekPuff',
  'cheekSquint',
  'jaw',
  'mouthDimple',
  'mouthFrown',
  'mouth',
  'mouthPress',
  'mouthPucker',
  'mouthRollLower',
  'mouthRollUpper',
  'mouthShrugLower',
  'mouthSmile',
  'mouthStretch',
]);
/** Here a lip slides behind the other, so that overlaps stay. */
const ROLLED: ReadonlySet<string> = new Set(['mouthRollLower', 'mouthRollUpper']);
/** Where the measured face's lips meet, cm of the canonical frame, and its corners of the mouth against the canonical. */
const SEAM_HEIGHT_CM = -4.22;
const SEAM_WIDENING = 1.05;
const SEAM_REACH_CM = 0.12;
/** Vertices of the face itself come first in the dense measurement. */
const FACE_VERTICES = 9409;
/** Keeps handles that hardly matter from pulling against each other. */
const RIDGE = 2e-3;
/** Brows move the edge of the face less than measured: the hair that lies against it in a portrait stands still. */
const HAIRLINE: ReadonlySet<number> = new Set([10, 109, 67, 103, 162, 338, 297, 332, 389]);
const HAIRLINE_SHARE = 0.3;
/** Smaller amounts are held still. */
const LEAST_CM = 0.015;

const [measuredPath = '', densePath = ''] = process.argv.slice(2);
const canonical = parseCanonicalFace((await readFaceAssets()).geometry);
const mirror = mirrorPoints(canonical.positions);
const handles = rigHandles(mirror);
const pinned = new RigSolver(canonical.positions, openTriangles(canonical.triangles)).pin(handles);
const measured = withSeams(
  (JSON.parse(readFileSync(measuredPath, 'utf8')) as { shapes: Record<string, Field> }).shapes,
);
const responses = handles.map((_, index) =>
  pinned.solve(new Map([[handles[index]!, [1, 0, 0]]])).filter((_value, at) => at % 3 === 0),
);
const factor = normalFactor();

const amounts: Record<string, number[]> = {};
for (const name of SIDED) amounts[name] = fit(name, measured[`${name}Left`]!);
for (const name of WHOLE) {
  const one = measured[name];
  amounts[name] = fit(name, symmetric(one ?? sum(measured[`${name}Left`]!, measured[`${name}Right`]!)));
}
await writeTable();

/** Replaces what was measured at the inner edges of the lips, where the nearest surface is often that of the other lip. */
function withSeams(shapes: Record<string, Field>): Record<string, Field> {
  const dense = readNpz(readFileSync(densePath));
  const array = (name: string): NpyArray => {
    const found = dense.get(name);
    if (found === undefined) throw new Error(`Cannot read ${densePath}: it has no array "${name}"`);
    return found;
  };
  const positions = array('positions').values;
  const moves = array('displacements');
  const names = stringsOf(array('names'));
  const jawMoves = shapes['jawOpen'] ?? [];
  const stride = (moves.values.length / names.length) | 0;
  const jaw = names.indexOf('jawOpen') * stride;
  for (const [edge, outer, other] of [
    [LIP_INNER_UPPER, LIP_OUTER_UPPER, LIP_OUTER_LOWER],
    [LIP_INNER_LOWER, LIP_OUTER_LOWER, LIP_OUTER_UPPER],
  ] as const) {
    for (let column = 1; column < 10; column++) {
      const x = canonical.positions[edge[column]! * 3]! * SEAM_WIDENING;
      const drop = (lip: readonly number[]): number => jawMoves[lip[column]!]![1];
      const parting = (drop(outer) + drop(other)) / 2;
      const near: (readonly [vertex: number, z: number])[] = [];
      for (let vertex = 0; vertex < FACE_VERTICES; vertex++) {
        const [px, py, z] = [0, 1, 2].map((axis) => positions[vertex * 3 + axis]!) as [number, number, number];
        const own = moves.values[jaw + vertex * 3 + 1]! > parting === drop(outer) > drop(other);
        if (own && Math.abs(px - x) < 0.4 && Math.abs(py - SEAM_HEIGHT_CM) < 0.4) near.push([vertex, z]);
      }
      const front = Math.max(...near.map(([, z]) => z));
      const weights = near.map(([vertex, z]) => {
        const apart = (positions[vertex * 3]! - x) ** 2 + (positions[vertex * 3 + 1]! - SEAM_HEIGHT_CM) ** 2;
        return Math.exp(-(apart + (0.5 * (front - z)) ** 2) / (2 * SEAM_REACH_CM ** 2));
      });
      const total = weights.reduce((all, weight) => all + weight, 0);
      names.forEach((name, shape) => {
        const field = shapes[name];
        if (field === undefined) return;
        field[edge[column]!] = [0, 1, 2].map((axis) =>
          near.reduce(
            (mean, [vertex], at) => mean + (weights[at]! / total) * moves.values[shape * stride + vertex * 3 + axis]!,
            0,
          ),
        ) as unknown as Vector;
      });
    }
  }
  return shapes;
}

function sum(a: Field, b: Field): Field {
  return a.map((vector, point) => vector.map((value, axis) => value + b[point]![axis]!) as unknown as Vector);
}

function symmetric(field: Field): Field {
  return field.map(([x, y, z], point) => {
    const [ox, oy, oz] = field[mirror[point]!]!;
    return [(x - ox) / 2, (y + oy) / 2, (z + oz) / 2];
  });
}

function sealed(name: string, field: Field): Field {
  const out = field.slice();
  for (let column = 1; column < 10; column++) {
    const [upper, lower] = [LIP_INNER_UPPER[column]!, LIP_INNER_LOWER[column]!];
    const [above, below] = [field[upper]!, field[lower]!];
    const mean = above.map((value, axis) => (value + below[axis]!) / 2) as unknown as Vector;
    if (!ROLLED.has(name)) out[upper] = out[lower] = mean;
    else if (above[1] > below[1]) {
      out[upper] = [above[0], mean[1], above[2]];
      out[lower] = [below[0], mean[1], below[2]];
    }
  }
  return out;
}

/** Cholesky factor of the normal equations of all handles. */
function normalFactor(): Float64Array {
  const count = handles.length;
  const matrix = new Float64Array(count * count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      let value = row === column ? RIDGE : 0;
      for (let point = 0; point < mirror.length; point++) value += responses[row]![point]! * responses[column]![point]!;
      for (let k = 0; k < column; k++) value -= matrix[row * count + k]! * matrix[column * count + k]!;
      matrix[row * count + column] = row === column ? Math.sqrt(value) : value / matrix[column * count + column]!;
    }
  }
  return matrix;
}

function solveAxis(field: Field, axis: number): Float64Array {
  const count = handles.length;
  const values = Float64Array.from(responses, (response) =>
    response.reduce((all, value, point) => all + value * field[point]![axis]!, 0),
  );
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < row; k++) values[row]! -= factor[row * count + k]! * values[k]!;
    values[row]! /= factor[row * count + row]!;
  }
  for (let row = count - 1; row >= 0; row--) {
    for (let k = row + 1; k < count; k++) values[row]! -= factor[k * count + row]! * values[k]!;
    values[row]! /= factor[row * count + row]!;
  }
  return values;
}

/** @returns point, then x, y, z in hundredths of a centimetre, for each handle that moves. */
function fit(name: string, field: Field): number[] {
  const wanted = SEALED.has(name) ? sealed(name, field) : field;
  const axes = [0, 1, 2].map((axis) => solveAxis(wanted, axis));
  const whole = (WHOLE as readonly string[]).includes(name);
  const flat: number[] = [];
  const targets = new Map<number, Vector>();
  handles.forEach((point, index) => {
    const share = name.startsWith('brow') && HAIRLINE.has(point) ? HAIRLINE_SHARE : 1;
    const [x = 0, y = 0, z = 0] = axes.map((axis) => Math.round(axis[index]! * share * 100));
    if (Math.hypot(x, y, z) < LEAST_CM * 100) return;
    targets.set(point, [x / 100, y / 100, z / 100]);
    if (!whole || canonical.positions[point * 3]! < 0.01) flat.push(point, x, y, z);
  });
  report(name, field, pinned.solve(targets), targets.size);
  return flat;
}

function report(name: string, field: Field, made: Float32Array, moving: number): void {
  const largest = field
    .map((vector, point) => [Math.hypot(...vector), point] as const)
    .sort((a, b) => b[0] - a[0])
    .slice(0, 60);
  let [dot, own, theirs] = [0, 0, 0];
  for (const [, point] of largest) {
    for (let axis = 0; axis < 3; axis++) {
      const [value, target] = [made[point * 3 + axis]!, field[point]![axis]!];
      dot += value * target;
      own += value * value;
      theirs += target * target;
    }
  }
  const size = Math.sqrt(own / theirs).toFixed(3);
  process.stdout.write(
    `${name.padEnd(18)} ${moving} handles  size ${size}  direction ${(dot / Math.sqrt(own * theirs)).toFixed(4)}\n`,
  );
}

async function writeTable(): Promise<void> {
  const lines = Object.entries(amounts).map(([name, flat]) => `  ${name}: [${flat.join(', ')}],`);
  const text = `/**
 * How far the handles of the rig go when a shape is at 1: point, then x (to the person's left), y (up) and z (forward)
 * in hundredths of a centimetre of the canonical face. Whole-face shapes name the right side and the middle, shapes
 * with a side are the left one; \`jaw\` and \`mouth\` are \`jawLeft\` and \`mouthLeft\`. Fitted by bench/fit-rig.ts to
 * the sizes of ICT-FaceKit (Li et al., "Learning Formation of Physically-Based Face Attributes", CVPR 2020; MIT).
 */
export const RIG_AMOUNTS = {
${lines.join('\n')}
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type RigShape = keyof typeof RIG_AMOUNTS;
/** Those that are the same on both sides of the face. */
export const WHOLE_SHAPES = [${WHOLE.map((name) => `'${name}'`).join(', ')}] as const satisfies readonly RigShape[];
`;
  const path = join(resolve(import.meta.dirname, '..'), 'src/media/portrait/rig-amounts.ts');
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser: 'typescript' }));
}
