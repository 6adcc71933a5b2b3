import { ARKIT_SHAPES } from '../motion-space.ts';
import { headQuaternion } from './head-quaternion.ts';
import { oscBundle, oscMessage } from './osc.ts';
import { vrmPresets, type VrmPreset } from './vrm-expressions.ts';

/** VMC names presets as VRM 0 does. */
const VMC_PRESETS: Readonly<Record<VrmPreset, string>> = {
  aa: 'A',
  ih: 'I',
  ou: 'U',
  ee: 'E',
  oh: 'O',
  blinkLeft: 'Blink_L',
  blinkRight: 'Blink_R',
};
/** As models with "perfect sync" name them: BrowInnerUp. */
const PERFECT_SYNC_NAMES = ARKIT_SHAPES.map((shape) => `${shape.charAt(0).toUpperCase()}${shape.slice(1)}`);
/** From the neck to the head of an adult, metres: receivers that also take positions need some. */
const HEAD_ABOVE_NECK_M = 0.1;
/** A datagram that is longer is cut on its way through most networks. */
const DATAGRAM_BYTES = 1400;
const BUNDLE_HEAD_BYTES = 16;
const LENGTH_BYTES = 4;

export type VmcShapes = 'presets' | 'arkit';

/**
 * One frame in the Virtual Motion Capture protocol: bundles of OSC with the head bone and expressions, which take effect
 * together with the last.
 * @param motion - `[MOTION_DIMS]`; @param timeS - of the sender's clock.
 * @returns datagrams.
 */
export function vmcPackets(motion: Float32Array, timeS: number, shapes: VmcShapes): Uint8Array[] {
  const [x, y, z, w] = headQuaternion(motion);
  // Unity's axes are left-handed, with x to the right of the figure: glTF's, mirrored.
  const head = [0, HEAD_ABOVE_NECK_M, 0, x, -y, -z, w];
  const weights =
    shapes === 'arkit'
      ? PERFECT_SYNC_NAMES.map((name, channel) => [name, motion[channel]!] as const)
      : Object.entries(vrmPresets(motion)).map(([name, weight]) => [VMC_PRESETS[name as VrmPreset], weight] as const);
  return inBundles([
    oscMessage('/VMC/Ext/OK', { int: 1 }),
    oscMessage('/VMC/Ext/T', timeS),
    oscMessage('/VMC/Ext/Bone/Pos', 'Head', ...head),
    ...weights.map(([name, weight]) => oscMessage('/VMC/Ext/Blend/Val', name, weight)),
    oscMessage('/VMC/Ext/Blend/Apply'),
  ]);
}

function inBundles(messages: readonly Uint8Array[]): Uint8Array[] {
  const bundles: Uint8Array[][] = [[]];
  let length = BUNDLE_HEAD_BYTES;
  for (const message of messages) {
    if (length + LENGTH_BYTES + message.length > DATAGRAM_BYTES) {
      bundles.push([]);
      length = BUNDLE_HEAD_BYTES;
    }
    bundles.at(-1)?.push(message);
    length += LENGTH_BYTES + message.length;
  }
  return bundles.map(oscBundle);
}
