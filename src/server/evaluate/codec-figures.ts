import type { FaceDecoder } from '../../media/face-codec.ts';
import type { FaceMeasurer } from '../../native/model/face-measure.ts';
import { isMonotonic, runClosedLoop, worstError } from './closed-loop.ts';
import type { Figure } from './figure.ts';
import { shutLidColours } from './lid-colour.ts';

/** Draws motion of known values with a codec, reads it back from the pictures, and says how far off it is. */
export async function* codecFigures(
  on: string,
  decoder: FaceDecoder,
  measurer: FaceMeasurer,
): AsyncGenerator<Figure, void> {
  const loop = await runClosedLoop(decoder, measurer);
  const poses = { yaw: loop.yawDeg, pitch: loop.pitchDeg, roll: loop.rollDeg };
  for (const [name, points] of Object.entries(poses)) {
    yield { on, what: `${name} off, to 10 deg`, value: worstError(points, 10), unit: 'deg', goal: { atMost: 2 } };
    yield { on, what: `${name} off, to 20 deg`, value: worstError(points), unit: 'deg', goal: { atMost: 4 } };
  }
  const far = Math.max(...loop.distance.map(({ asked, read }) => Math.abs(read / asked - 1)));
  yield { on, what: 'distance off', value: 100 * far, unit: '%', goal: { atMost: 2 } };
  yield { on, what: 'gaze off, to the side', value: worstError(loop.gazeYawDeg), unit: 'deg', goal: { atMost: 5 } };
  yield { on, what: 'gaze off, up and down', value: worstError(loop.gazePitchDeg), unit: 'deg', goal: { atMost: 5 } };
  const lids = shutLidColours(decoder, loop.neutral.landmarks).map(({ difference }) => difference);
  yield { on, what: 'shut lid off the skin around', value: Math.max(...lids), unit: 'dE76', goal: { atMost: 5 } };
  yield { on, what: 'lip gap in p b m', value: 100 * loop.closedLipGap, unit: '% of width', goal: { atMost: 3 } };
  const monotonic = [
    ['jaw', isMonotonic(loop.jawOpening, 1)],
    ['pucker', isMonotonic(loop.puckerWidthCm, -1)],
    ['smile', isMonotonic(loop.smileLiftCm, 1)],
  ] as const;
  for (const [name, holds] of monotonic) {
    yield { on, what: `${name} monotonic`, value: holds ? 1 : 0, unit: '', goal: { atLeast: 1 } };
  }
}
