import { ARKIT_DIMS } from '../motion-space.ts';
import { liveLinkAngles } from './live-link.ts';

export interface LiveLinkPacketOptions {
  /** Names the device, as the app's UUID does; 36 ASCII characters. */
  readonly deviceId: string;
  /** By which Unreal lists the face. */
  readonly subject: string;
  /** Since midnight or any other start, at `framesPerSecond`. */
  readonly frame: number;
  readonly framesPerSecond: number;
}

const VERSION = 6;
const ANGLES = 9;

/**
 * One datagram of Live Link Face as Unreal's plugin AppleARKitFaceSupport reads it, big-endian: version, device and
 * subject (each a 32-bit length and its characters), frame number, part of a frame, rate as a fraction, count, values.
 * Shapes come in the order of Apple's list, unlike the columns of the app's CSV.
 * @param motion - `[MOTION_DIMS]`.
 */
export function liveLinkPacket(motion: Float32Array, options: LiveLinkPacketOptions): Uint8Array {
  const device = new TextEncoder().encode(options.deviceId);
  const subject = new TextEncoder().encode(options.subject);
  const values = [...motion.subarray(0, ARKIT_DIMS), ...liveLinkAngles(motion)];
  const packet = new Uint8Array(1 + 4 + device.length + 4 + subject.length + 16 + 1 + 4 * (ARKIT_DIMS + ANGLES));
  const view = new DataView(packet.buffer);
  let at = 0;
  const uint32 = (value: number): void => {
    view.setUint32(at, value);
    at += 4;
  };
  const float32 = (value: number): void => {
    view.setFloat32(at, value);
    at += 4;
  };
  const text = (bytes: Uint8Array): void => {
    uint32(bytes.length);
    packet.set(bytes, at);
    at += bytes.length;
  };
  view.setUint8(at++, VERSION);
  text(device);
  text(subject);
  uint32(options.frame);
  float32(0);
  uint32(options.framesPerSecond);
  uint32(1);
  view.setUint8(at++, values.length);
  values.forEach(float32);
  return packet;
}
