import { expect, test } from 'vitest';
import { rotationOf } from '../../../src/base/rotation.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { audio2Face } from '../../../src/media/motion/audio2face.ts';
import { glbFile } from '../../../src/media/motion/gltf.ts';
import { gltfAnimation } from '../../../src/media/motion/gltf-animation.ts';
import { headQuaternion } from '../../../src/media/motion/head-quaternion.ts';
import { vrmAnimation } from '../../../src/media/motion/vrm-animation.ts';
import { vrmPresets } from '../../../src/media/motion/vrm-expressions.ts';
import { ARKIT_SHAPES, MOTION_INDEX, restMotion, type MotionChannel } from '../../../src/media/motion-space.ts';

function motionOf(values: Partial<Record<MotionChannel, number>>): Float32Array {
  const motion = restMotion();
  for (const [channel, value] of Object.entries(values)) motion[MOTION_INDEX[channel as MotionChannel]] = value;
  return motion;
}

const FRAMES = [
  { jawOpen: 0.25, headYaw: 10, headX: 2 },
  { jawOpen: 0.5, headYaw: -20, headPitch: 8, headRoll: 5, eyeBlinkLeft: 1 },
  { mouthPucker: 1, eyeLookOutLeft: 1, eyeLookInRight: 1 },
].map((values, index) => ({ timeUs: mediaTimeUs(40_000 * index), motion: motionOf(values) }));

interface Accessor {
  readonly bufferView?: number;
  readonly componentType: number;
  readonly count: number;
  readonly type: 'SCALAR' | 'VEC3' | 'VEC4';
  readonly min?: readonly number[];
  readonly max?: readonly number[];
  readonly sparse?: {
    readonly count: number;
    readonly indices: { bufferView: number };
    readonly values: { bufferView: number };
  };
}

interface Document {
  readonly asset: { readonly version: string };
  readonly scenes: readonly { readonly nodes: readonly number[] }[];
  readonly nodes: readonly { readonly name: string; readonly mesh?: number; readonly children?: readonly number[] }[];
  readonly meshes?: readonly [
    {
      readonly extras: { targetNames: string[] };
      readonly primitives: readonly [{ readonly targets: { POSITION: number }[] }];
    },
  ];
  readonly animations: readonly [
    {
      readonly channels: readonly { sampler: number; target: { node: number; path: string } }[];
      readonly samplers: readonly { input: number; output: number }[];
    },
  ];
  readonly accessors: readonly Accessor[];
  readonly bufferViews: readonly { byteOffset: number; byteLength: number }[];
  readonly buffers: readonly [{ byteLength: number }];
  readonly extensions?: {
    readonly VRMC_vrm_animation: {
      specVersion: string;
      humanoid: { humanBones: Record<string, { node: number }> };
      expressions: Record<'preset' | 'custom', Record<string, { node: number }> | undefined>;
      lookAt: { node: number };
    };
  };
}

/** Reads a `.glb` as the specification says, and checks what it demands of every part. */
function readGlb(file: Uint8Array): { document: Document; channel: (node: string, path: string) => number[][] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  expect([view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)]).toEqual([
    0x46546c67,
    2,
    file.length,
  ]);
  const jsonLength = view.getUint32(12, true);
  expect([jsonLength % 4, view.getUint32(16, true)]).toEqual([0, 0x4e4f534a]);
  const document = JSON.parse(new TextDecoder().decode(file.subarray(20, 20 + jsonLength))) as Document;
  const binary = file.slice(28 + jsonLength);
  expect([view.getUint32(20 + jsonLength, true), view.getUint32(24 + jsonLength, true)]).toEqual([
    binary.length,
    0x004e4942,
  ]);
  expect(document.asset.version).toBe('2.0');
  expect(document.buffers[0].byteLength).toBe(binary.length);
  for (const { byteOffset, byteLength } of document.bufferViews) {
    expect(byteOffset % 4).toBe(0);
    expect(byteOffset + byteLength).toBeLessThanOrEqual(binary.length);
  }
  const elements = (index: number): number[][] => {
    const { bufferView = -1, componentType, count, type, min, max } = document.accessors[index]!;
    expect(componentType).toBe(5126);
    const size = { SCALAR: 1, VEC3: 3, VEC4: 4 }[type];
    const { byteOffset, byteLength } = document.bufferViews[bufferView]!;
    expect(byteLength).toBe(4 * size * count);
    const values = new Float32Array(binary.buffer, binary.byteOffset + byteOffset, size * count);
    const rows = Array.from({ length: count }, (_, row) => [...values.subarray(row * size, (row + 1) * size)]);
    for (let component = 0; component < size; component++) {
      const column = rows.map((row) => row[component]!);
      expect([min?.[component], max?.[component]]).toEqual([Math.min(...column), Math.max(...column)]);
    }
    return rows;
  };
  const { channels, samplers } = document.animations[0];
  return {
    document,
    channel: (node, path) => {
      const found = channels.find(({ target }) => document.nodes[target.node]?.name === node && target.path === path);
      const { input, output } = samplers[found?.sampler ?? -1]!;
      expect(elements(input).flat()).toEqual([0, Math.fround(0.04), Math.fround(0.08)]);
      return elements(output);
    },
  };
}

const glb = (whole: ReturnType<typeof gltfAnimation>): Uint8Array =>
  glbFile(whole.buffer.document(whole.document), whole.buffer.bytes());

test('a head quaternion turns as the face is drawn', () => {
  for (const [yawDeg, pitchDeg, rollDeg] of [
    [20, 0, 0],
    [0, 15, 0],
    [0, 0, 10],
    [-25, 12, -8],
  ] as const) {
    const [x, y, z, w] = headQuaternion(motionOf({ headYaw: yawDeg, headPitch: pitchDeg, headRoll: rollDeg }));
    const matrix = [
      ...[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
      ...[2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
      ...[2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ];
    const drawn = rotationOf({ yawDeg, pitchDeg, rollDeg });
    for (let index = 0; index < 9; index++) expect(matrix[index]).toBeCloseTo(drawn[index]!, 6);
  }
  // A head that turns to its own left faces glTF's +x.
  const [, y] = headQuaternion(motionOf({ headYaw: 90 }));
  expect(y).toBeCloseTo(Math.SQRT1_2);
});

test('a glTF animation holds every shape under its name, and the head', () => {
  const { document, channel } = readGlb(glb(gltfAnimation(FRAMES)));
  const [mesh] = document.meshes ?? [];
  expect(mesh?.extras.targetNames).toEqual(ARKIT_SHAPES);
  expect(mesh?.primitives[0].targets).toHaveLength(52);
  // Each shape moves one corner, and another for each.
  const moved = mesh?.primitives[0].targets.map(({ POSITION }) => document.accessors[POSITION]?.sparse?.count);
  expect(moved).toEqual(Array.from({ length: 52 }, () => 1));
  const weights = channel('Face', 'weights').flat();
  expect(weights).toHaveLength(3 * 52);
  FRAMES.forEach(({ motion }, frame) => {
    expect(weights.slice(frame * 52, (frame + 1) * 52)).toEqual([...motion.subarray(0, 52)]);
  });
  expect(channel('Head', 'rotation')).toEqual(
    FRAMES.map(({ motion }) => headQuaternion(motion).map((value) => Math.fround(value))),
  );
  expect(channel('Head', 'translation')[0]![0]).toBeCloseTo(0.02);
  expect(document.scenes[0]?.nodes).toEqual([0]);
});

test('a VRM animation drives presets, the head bone and the gaze', () => {
  const { document, channel } = readGlb(glb(vrmAnimation(FRAMES, 'presets')));
  const extension = document.extensions?.VRMC_vrm_animation;
  expect(extension?.specVersion).toBe('1.0');
  expect(document.nodes[extension?.humanoid.humanBones['head']?.node ?? -1]?.name).toBe('head');
  const preset = extension?.expressions.preset ?? {};
  expect(Object.keys(preset)).toEqual(['aa', 'ih', 'ou', 'ee', 'oh', 'blinkLeft', 'blinkRight']);
  for (const [name, { node }] of Object.entries(preset)) {
    expect(document.nodes[node]?.name).toBe(name);
    const expected = FRAMES.map(({ motion }) => vrmPresets(motion)[name as 'aa']);
    const weights = channel(name, 'translation').map(([x]) => x);
    expect(weights).toEqual(expected.map((weight) => Math.fround(weight)));
  }
  const [x = NaN, y = NaN, , w = NaN] = channel('lookAt', 'rotation')[2] ?? [];
  expect(x).toBeCloseTo(0);
  // Both eyes at their limit to the own left: 20 degrees.
  expect((2 * Math.atan2(y, w) * 180) / Math.PI).toBeCloseTo(20);
});

test('a VRM animation holds ARKit shapes for models that have them', () => {
  const { document, channel } = readGlb(glb(vrmAnimation(FRAMES, 'arkit')));
  const { preset, custom = {} } = document.extensions?.VRMC_vrm_animation.expressions ?? {};
  expect(preset).toBeUndefined();
  expect(Object.keys(custom)).toEqual(ARKIT_SHAPES);
  expect(channel('jawOpen', 'translation').map(([x]) => x)).toEqual([0.25, 0.5, 0]);
});

test('vowels share the mouth, and each mouth is the vowel that it looks like', () => {
  const strongest = (values: Partial<Record<MotionChannel, number>>): string => {
    const entries = Object.entries(vrmPresets(motionOf(values))).filter(([name]) => !name.startsWith('blink'));
    expect(entries.reduce((sum, [, weight]) => sum + weight, 0)).toBeLessThanOrEqual(1.000_001);
    return entries.sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
  };
  expect(strongest({ jawOpen: 0.6 })).toBe('aa');
  expect(strongest({ jawOpen: 0.6, mouthFunnel: 0.7 })).toBe('oh');
  expect(strongest({ jawOpen: 0.05, mouthPucker: 0.8 })).toBe('ou');
  expect(strongest({ jawOpen: 0.1, mouthStretchLeft: 0.6, mouthStretchRight: 0.6 })).toBe('ih');
  expect(strongest({ jawOpen: 0.5, mouthStretchLeft: 0.6, mouthStretchRight: 0.6 })).toBe('ee');
});

test('Audio2Face reads names once and weights by frame', () => {
  const file = JSON.parse(audio2Face(FRAMES, 25, 'take.wav')) as Record<string, unknown> & { weightMat: number[][] };
  expect(file).toMatchObject({
    exportFps: 25,
    trackPath: 'take.wav',
    numPoses: 52,
    numFrames: 3,
    facsNames: ARKIT_SHAPES,
  });
  expect(file.weightMat.map((row) => row[ARKIT_SHAPES.indexOf('jawOpen')])).toEqual([0.25, 0.5, 0]);
  expect(file.weightMat.every((row) => row.length === 52)).toBe(true);
});
