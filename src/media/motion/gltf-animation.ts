import type { MotionFrame } from '../../base/media.ts';
import { US_PER_S } from '../../base/timeline.ts';
import { ARKIT_DIMS, ARKIT_SHAPES, MOTION_INDEX } from '../motion-space.ts';
import { GltfBuffer, type GltfDocument } from './gltf.ts';
import { headQuaternion } from './head-quaternion.ts';

/** Of the bars, metres: a bar for each shape, side by side in front of the viewer. */
const BAR_WIDTH = 0.004;
const BAR_HEIGHT = 0.05;
const CORNERS = 3;
const METRES_PER_CM = 0.01;

/**
 * Motion as a glTF animation: the weights of 52 morph targets with ARKit's names, and the head's rotation and shift.
 * Weights need a mesh, so the file brings one: a row of pointed bars that grow with their shapes.
 * @param frames - in order of time, at least one.
 */
export function gltfAnimation(frames: readonly MotionFrame[]): { buffer: GltfBuffer; document: GltfDocument } {
  const buffer = new GltfBuffer();
  const mesh = barsOf(buffer);
  const input = buffer.floats(timesOf(frames), 'SCALAR');
  const weights = new Float32Array(frames.length * ARKIT_DIMS);
  frames.forEach(({ motion }, frame) => {
    weights.set(motion.subarray(0, ARKIT_DIMS), frame * ARKIT_DIMS);
  });
  const samplers = [
    { input, output: buffer.floats(weights, 'SCALAR') },
    { input, output: buffer.floats(rotationsOf(frames, headQuaternion), 'VEC4') },
    { input, output: buffer.floats(shiftsOf(frames), 'VEC3') },
  ];
  const channels = [
    { sampler: 0, target: { node: 1, path: 'weights' } },
    { sampler: 1, target: { node: 0, path: 'rotation' } },
    { sampler: 2, target: { node: 0, path: 'translation' } },
  ];
  const nodes = [
    { name: 'Head', children: [1] },
    { name: 'Face', mesh: 0 },
  ];
  return { buffer, document: { nodes, meshes: [mesh], animations: [{ name: 'Speech', channels, samplers }] } };
}

/** Seconds, from the first frame on. */
export function timesOf(frames: readonly MotionFrame[]): Float32Array {
  const startUs = frames[0]?.timeUs ?? 0;
  return Float32Array.from(frames, ({ timeUs }) => (timeUs - startUs) / US_PER_S);
}

/** `[frames, 4]` */
export function rotationsOf(
  frames: readonly MotionFrame[],
  rotationOf: (motion: Float32Array) => readonly number[],
): Float32Array {
  const rotations = new Float32Array(frames.length * 4);
  frames.forEach(({ motion }, frame) => {
    rotations.set(rotationOf(motion), frame * 4);
  });
  return rotations;
}

/** `[frames, 3]`, metres. The distance is a ratio, to which no length belongs, so it is left out. */
function shiftsOf(frames: readonly MotionFrame[]): Float32Array {
  const shifts = new Float32Array(frames.length * 3);
  frames.forEach(({ motion }, frame) => {
    shifts[3 * frame] = METRES_PER_CM * motion[MOTION_INDEX.headX]!;
    shifts[3 * frame + 1] = METRES_PER_CM * motion[MOTION_INDEX.headY]!;
  });
  return shifts;
}

function barsOf(buffer: GltfBuffer): object {
  const positions = new Float32Array(ARKIT_DIMS * CORNERS * 3);
  for (let bar = 0; bar < ARKIT_DIMS; bar++) {
    const left = (bar - ARKIT_DIMS / 2) * 1.5 * BAR_WIDTH;
    // A bar has some height at weight 0, so that it can be seen.
    positions.set([left, 0, 0, left + BAR_WIDTH, 0, 0, left + BAR_WIDTH / 2, BAR_WIDTH / 2, 0], bar * CORNERS * 3);
  }
  const targets = ARKIT_SHAPES.map((_, bar) => ({
    POSITION: buffer.sparseOffsets(
      ARKIT_DIMS * CORNERS,
      Uint8Array.of(bar * CORNERS + 2),
      Float32Array.of(0, BAR_HEIGHT, 0),
    ),
  }));
  const indices = buffer.indices(Uint16Array.from({ length: ARKIT_DIMS * CORNERS }, (_, index) => index));
  return {
    name: 'Face',
    primitives: [{ attributes: { POSITION: buffer.floats(positions, 'VEC3') }, indices, targets }],
    weights: ARKIT_SHAPES.map(() => 0),
    // Blender, three.js and most other readers take the names of shapes from here.
    extras: { targetNames: ARKIT_SHAPES },
  };
}
