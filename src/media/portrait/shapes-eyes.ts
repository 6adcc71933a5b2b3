import type { ArkitShape } from '../motion-space.ts';
import { LEFT_BROW, RIGHT_BROW } from './landmark-groups.ts';
import type { HandleSet } from './shapes-handles.ts';
import { LEFT_EYE, RIGHT_EYE, type EyePoints } from './topology.ts';

const STILL = [33, 133, 263, 362, 6, 168, ...RIGHT_BROW, ...LEFT_BROW, 1, 234, 454, 50, 280] as const;

/** Lid travel as shares of the open gap, in rings from the lash line outward; both lids together close it. */
const UPPER_TRAVEL = 0.87;
const LOWER_TRAVEL = 0.15;
const CREASE_TRAVEL = 0.2;
const ORBIT_TRAVEL = 0.05;
/** Closed lids bulge over the globe, cm. */
const BULGE_CM = 0.05;

/** @returns the fourteen shapes of both eyes, without the eyeballs. */
export function* eyeShapes(set: () => HandleSet): Generator<[ArkitShape, Float32Array]> {
  for (const [side, eye] of [
    ['Left', LEFT_EYE],
    ['Right', RIGHT_EYE],
  ] as const) {
    yield [`eyeBlink${side}`, blink(set(), eye)];
    yield [`eyeLookDown${side}`, lids(set(), eye, { upper: -0.34, lower: -0.12, crease: -0.2 })];
    yield [`eyeLookUp${side}`, lids(set(), eye, { upper: 0.16, lower: 0.06, crease: 0.14 })];
    yield [`eyeSquint${side}`, lids(set(), eye, { upper: -0.1, lower: 0.3, crease: -0.04 })];
    yield [`eyeWide${side}`, lids(set(), eye, { upper: 0.22, lower: -0.06, crease: 0.16 })];
    // The cornea bulges: lids ride over it as it passes.
    const outward = side === 'Left' ? 1 : -1;
    yield [`eyeLookOut${side}`, slide(set(), eye, outward * 0.05)];
    yield [`eyeLookIn${side}`, slide(set(), eye, -outward * 0.05)];
  }
}

function blink(handles: HandleSet, eye: EyePoints): Float32Array {
  const { face } = handles;
  for (let row = 1; row < 8; row++) {
    const upper = eye.upper[row]!;
    const lower = eye.lower[row]!;
    const dx = face[lower * 3]! - face[upper * 3]!;
    const dy = face[lower * 3 + 1]! - face[upper * 3 + 1]!;
    // Both edges end at one depth, or the seam would open as the head nods.
    const dz = face[lower * 3 + 2]! - face[upper * 3 + 2]!;
    handles.move([upper], dx * UPPER_TRAVEL, dy * UPPER_TRAVEL, dz * UPPER_TRAVEL + BULGE_CM);
    handles.move([lower], -dx * LOWER_TRAVEL, -dy * LOWER_TRAVEL, -dz * (1 - UPPER_TRAVEL) + BULGE_CM);
    handles.move([eye.upperSecond[row]!], 0, dy * CREASE_TRAVEL, 0.12);
    handles.move([eye.lowerSecond[row]!], 0, -dy * 0.1, 0);
    handles.move([eye.upperThird[row]!], 0, dy * ORBIT_TRAVEL, 0.03);
  }
  return handles.hold(STILL).solve();
}

/** Moves lids by shares of their open gap; positive is up. */
function lids(
  handles: HandleSet,
  eye: EyePoints,
  shares: { readonly upper: number; readonly lower: number; readonly crease: number },
): Float32Array {
  const { face } = handles;
  for (let row = 1; row < 8; row++) {
    const upper = eye.upper[row]!;
    const lower = eye.lower[row]!;
    const gap = face[upper * 3 + 1]! - face[lower * 3 + 1]!;
    handles.move([upper], 0, gap * shares.upper, 0);
    handles.move([lower], 0, gap * shares.lower, 0.02);
    handles.move([eye.upperSecond[row]!], 0, gap * shares.crease, 0);
    handles.move([eye.lowerSecond[row]!], 0, gap * shares.lower * 0.9, 0.03);
  }
  return handles.hold(STILL).solve();
}

function slide(handles: HandleSet, eye: EyePoints, dx: number): Float32Array {
  for (let row = 2; row < 7; row++) {
    handles.move([eye.upper[row]!], dx, 0, 0).move([eye.lower[row]!], dx, 0, 0);
  }
  return handles.hold(STILL).solve();
}
