import { AvatarError } from '../../base/errors.ts';
import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs } from '../../base/timeline.ts';
import { MOTION_CHANNELS, MOTION_INDEX, restMotion, type MotionChannel } from '../motion-space.ts';

/**
 * JSON lines: `{"timeUs":40000,"motion":{"jawOpen":0.2134,…,"headDistance":1}}`, the whole motion frame by name in the
 * units of `motion-space.ts` (degrees, centimetres, ratio).
 */
export function motionLine(frame: MotionFrame): string {
  const motion = Object.fromEntries(
    MOTION_CHANNELS.map((channel, index) => [channel, Math.round((frame.motion[index] ?? 0) * 1e5) / 1e5]),
  );
  return JSON.stringify({ timeUs: frame.timeUs, motion });
}

/**
 * @returns the frame on one line; a channel that is not named rests.
 * @throws AvatarError `MOTION_UNREADABLE`, naming line `number`, when it is not a motion frame.
 */
export function readMotionLine(line: string, number: number): MotionFrame {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (cause) {
    throw new AvatarError('MOTION_UNREADABLE', `Cannot read motion: line ${number} is not JSON.`, { cause });
  }
  const { timeUs, motion: values } = asRecord(parsed);
  if (typeof timeUs !== 'number' || !Number.isFinite(timeUs) || timeUs < 0) {
    throw new AvatarError('MOTION_UNREADABLE', `Cannot read motion: line ${number} has no "timeUs".`);
  }
  const motion = restMotion();
  for (const [channel, value] of Object.entries(asRecord(values))) {
    const index = MOTION_INDEX[channel as MotionChannel] as number | undefined;
    if (index === undefined || typeof value !== 'number' || !Number.isFinite(value)) {
      throw new AvatarError(
        'MOTION_UNREADABLE',
        `Cannot read motion: line ${number} says ${JSON.stringify(value)} for "${channel}".`,
      );
    }
    motion[index] = value;
  }
  return { timeUs: mediaTimeUs(timeUs), motion };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
