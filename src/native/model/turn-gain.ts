import { clamp } from '../../base/ramp.ts';
import type { TurnGain } from '../../media/appearance.ts';
import type { FaceDecoder } from '../../media/face-codec.ts';
import { faceChange } from '../../media/portrait/face-reading.ts';
import { DrawnFace } from './drawn-face.ts';
import type { FaceMeasurer } from './face-measure.ts';

const TURNS = {
  left: { channel: 'headYaw', asked: 12 },
  right: { channel: 'headYaw', asked: -12 },
  up: { channel: 'headPitch', asked: 10 },
  down: { channel: 'headPitch', asked: -10 },
} as const;
const READ = { headYaw: 'yawDeg', headPitch: 'pitchDeg' } as const;
/** One leaves an error of a degree, three gain nothing over two. */
const LOOKS = 2;
/** What a net reads beyond these is more likely its error than the portrait's. */
const LEAST_GAIN = 0.7;
const MOST_GAIN = 1.25;

/**
 * Draws an avatar turned each way and reads it back with the landmark net: how deep a face is, one portrait only hints at.
 * @param decoder - of an avatar whose gains are 1.
 * @returns what its turns are to be multiplied by; 1 where the net no longer finds a face, or reads the other way.
 */
export async function measureTurnGain(decoder: FaceDecoder, measurer: FaceMeasurer): Promise<TurnGain> {
  const drawn = new DrawnFace(decoder, measurer, LOOKS);
  const straight = await drawn.atRest();
  const gain = async ({ channel, asked }: (typeof TURNS)[keyof typeof TURNS]): Promise<number> => {
    const turned = await drawn.read({ [channel]: asked });
    if (straight === undefined || turned === undefined) return 1;
    const gain = asked / faceChange(turned.reading, straight.reading)[READ[channel]];
    return gain > 0 ? clamp(gain, LEAST_GAIN, MOST_GAIN) : 1;
  };
  return {
    left: await gain(TURNS.left),
    right: await gain(TURNS.right),
    up: await gain(TURNS.up),
    down: await gain(TURNS.down),
  };
}
