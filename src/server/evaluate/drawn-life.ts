import type { MotionFrame } from '../../base/media.ts';
import type { FaceDecoder } from '../../media/face-codec.ts';
import type { Picture } from '../../media/portrait/picture.ts';
import { trackPictures, type FaceReader, type Reading } from './face-track.ts';
import type { Figure, Goal } from './figure.ts';
import { lifeFigures } from './life-figures.ts';
import { PEOPLE } from './people.ts';

const HEAD_AND_MOUTH: Goal = { between: [0.9, 1.3] };
/** The readings that have a goal, as shares of people's median, with the goal of their spread. */
const GOALS: readonly (readonly [Reading, string, Goal])[] = [
  ['yawDeg', 'yaw', HEAD_AND_MOUTH],
  ['pitchDeg', 'pitch', HEAD_AND_MOUTH],
  ['rollDeg', 'roll', HEAD_AND_MOUTH],
  ['lipGap', 'lip gap', HEAD_AND_MOUTH],
  ['mouthAreaCm2', 'mouth area', HEAD_AND_MOUTH],
  ['mouthWidthCm', 'mouth width', HEAD_AND_MOUTH],
  ['cornerLiftCm', 'corners of the mouth', HEAD_AND_MOUTH],
  ['browLiftCm', 'brows', { between: [0.9, 1.5] }],
];
const SPEED: Goal = { between: [0.8, 1.2] };

/**
 * Draws motion, reads the pictures back with the landmark net and says how alive the face in them is.
 * @param frames - of `TRACK_FRAMES_PER_SECOND`, with the usual liveliness and no controls.
 */
export async function* drawnLife(
  on: string,
  frames: readonly MotionFrame[],
  decoder: Pick<FaceDecoder, 'widthPx' | 'heightPx' | 'drawRgba'>,
  measurer: FaceReader,
): AsyncGenerator<Figure, void> {
  const { readings, browRaises, lidsDown, lidDip, lips } = lifeFigures(
    await trackPictures(drawn(frames, decoder), measurer),
  );
  for (const [reading, name, goal] of GOALS) {
    const people = PEOPLE[reading];
    if (people === undefined) continue;
    yield {
      on,
      what: `drawn ${name}, spread`,
      value: readings[reading].spread / people.spread,
      unit: 'x people',
      goal,
    };
    const speed = readings[reading].speed / people.speed;
    yield { on, what: `drawn ${name}, speed`, value: speed, unit: 'x people', goal: SPEED };
  }
  const between = (least: number, most: number): Goal => ({ between: [least, most] });
  yield { on, what: 'drawn brow raises', value: browRaises.perMinute, unit: '/min', goal: between(15, 25) };
  yield { on, what: 'drawn brow raises last', value: browRaises.durationS[1], unit: 's', goal: between(0.4, 0.8) };
  yield {
    on,
    what: 'drawn lids are down for',
    value: 1000 * lidsDown.durationS[1],
    unit: 'ms',
    goal: between(150, 170),
  };
  yield { on, what: 'drawn lids, p5 over median', value: lidDip, unit: '', goal: between(0.35, 0.55) };
  yield { on, what: 'drawn lips apart', value: lips.open, unit: 'of frames', goal: between(0.4, 0.6) };
  yield { on, what: 'drawn lips closed', value: lips.closed, unit: 'of frames', goal: between(0.12, 0.2) };
}

function* drawn(
  frames: readonly MotionFrame[],
  decoder: Pick<FaceDecoder, 'widthPx' | 'heightPx' | 'drawRgba'>,
): Generator<Picture, void> {
  const { widthPx, heightPx } = decoder;
  const rgba = new Uint8Array(widthPx * heightPx * 4);
  for (const { motion, timeUs } of frames) {
    decoder.drawRgba(motion, timeUs, rgba);
    yield { widthPx, heightPx, rgba };
  }
}
