import type { MotionFrame } from '../../base/media.ts';
import { ARKIT_SHAPES } from '../motion-space.ts';
import { GltfBuffer, type GltfDocument, type GltfNode } from './gltf.ts';
import { rotationsOf, timesOf } from './gltf-animation.ts';
import { gazeQuaternion, headQuaternion } from './head-quaternion.ts';
import { VRM_PRESETS, vrmPresets, type VrmPreset } from './vrm-expressions.ts';

/** The bones that a reader places the head by; only the head moves. Metres. */
const BONES: readonly GltfNode[] = [
  { name: 'hips', translation: [0, 1, 0], children: [1] },
  { name: 'spine', translation: [0, 0.1, 0], children: [2] },
  { name: 'head', translation: [0, 0.4, 0] },
];
const HEAD = 2;
const LOOK_AT = 3;

export type VrmExpressionSet = 'presets' | 'arkit';

/**
 * Motion as a VRM animation (`VRMC_vrm_animation` 1.0): expressions as the x of nodes, the head bone, and the gaze.
 * @param frames - in order of time, at least one.
 * @param set - VRM's own vowels and blinks, or ARKit's 52 shapes as custom expressions, for models that have those.
 */
export function vrmAnimation(
  frames: readonly MotionFrame[],
  set: VrmExpressionSet,
): { buffer: GltfBuffer; document: GltfDocument } {
  const buffer = new GltfBuffer();
  const input = buffer.floats(timesOf(frames), 'SCALAR');
  const samplers: object[] = [];
  const channels: object[] = [];
  const animate = (node: number, path: string, output: number): void => {
    channels.push({ sampler: samplers.length, target: { node, path } });
    samplers.push({ input, output });
  };
  animate(HEAD, 'rotation', buffer.floats(rotationsOf(frames, headQuaternion), 'VEC4'));
  animate(LOOK_AT, 'rotation', buffer.floats(rotationsOf(frames, gazeQuaternion), 'VEC4'));
  const nodes: GltfNode[] = [...BONES, { name: 'lookAt' }];
  const expressions: Record<string, { node: number }> = {};
  for (const [name, weights] of expressionsOf(frames, set)) {
    const positions = new Float32Array(weights.length * 3);
    weights.forEach((weight, frame) => (positions[3 * frame] = weight));
    expressions[name] = { node: nodes.length };
    animate(nodes.length, 'translation', buffer.floats(positions, 'VEC3'));
    nodes.push({ name });
  }
  const humanBones = Object.fromEntries(BONES.map(({ name }, node) => [name, { node }]));
  const extension = {
    specVersion: '1.0',
    humanoid: { humanBones },
    expressions: set === 'presets' ? { preset: expressions } : { custom: expressions },
    lookAt: { node: LOOK_AT, offsetFromHeadBone: [0, 0.06, 0] },
  };
  const document = {
    nodes,
    animations: [{ name: 'Speech', channels, samplers }],
    extensions: { VRMC_vrm_animation: extension },
  };
  return { buffer, document };
}

function expressionsOf(frames: readonly MotionFrame[], set: VrmExpressionSet): (readonly [string, number[]])[] {
  if (set === 'arkit') {
    return ARKIT_SHAPES.map((name, channel) => [name, frames.map(({ motion }) => motion[channel]!)]);
  }
  const presets = frames.map(({ motion }) => vrmPresets(motion));
  return VRM_PRESETS.map((name: VrmPreset) => [name, presets.map((weights) => weights[name])]);
}
