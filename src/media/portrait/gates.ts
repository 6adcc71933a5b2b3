import { AvatarError } from '../../base/errors.ts';
import type { PortraitWarning } from './analysis.ts';

/** What was measured on the face that enrolment chose; `judgeFace` turns it into a verdict. */
export interface FaceFacts {
  /** Face detector, 0..1. */
  readonly detectorScore: number;
  /** Lowest opinion of the landmark net over several looks, 0..1. */
  readonly faceFlag: number;
  /** Ear to ear, in source pixels. */
  readonly faceWidthPx: number;
  readonly yawDeg: number;
  readonly pitchDeg: number;
  /** Left over after quarter turns. */
  readonly rollDeg: number;
  /** How far landmarks move between looks, in % of the distance between the eyes. */
  readonly jitterPercent: number;
  /** The same of the inner lips alone: a covered mouth is made up anew at each look. */
  readonly mouthJitterPercent: number;
  /** Spread of luma inside the lids of the flatter eye, 0..255. */
  readonly eyeContrast: number;
  /** Mean luma of the face, 0..255, and the spread between its dark and light parts (5th to 95th percentile). */
  readonly faceLuma: number;
  readonly faceContrast: number;
  /** Share of the outline of the face that lies inside the picture. */
  readonly insideShare: number;
  /** Width of the next largest face relative to this one; 0 when it is alone. */
  readonly rivalWidth: number;
  /** Gap between the lids over the width of the eye, the more open eye. */
  readonly eyeOpening: number;
  /** Gap between the inner lips over their width. */
  readonly mouthOpening: number;
  readonly cutsHead: boolean;
  readonly quarterTurns: 0 | 1 | 2 | 3;
}

// On every portrait and negative at hand: true faces had detector scores of 0.78 and more, flags of 0.99 and more and
// jitter up to 2.4 %; a cat had 0.60, 0.03 and 8.4 %, and no false face had jitter below 4.2 %. Mouths moved by up to
// 2.2 %, behind masks by 3.8 % and more. Eyes had a quarter of the contrast of the face or more, behind bars none.
const LOWEST_DETECTOR_SCORE = 0.7;
const LOWEST_FACE_FLAG = 0.5;
const HIGHEST_JITTER_PERCENT = 3.8;
const HIGHEST_MOUTH_JITTER_PERCENT = 3;
const LARGE_MOUTH_JITTER_PERCENT = 2.25;
const LOWEST_EYE_CONTRAST_SHARE = 0.1;
const LOWEST_WIDTH_PX = 40;
const SMALL_WIDTH_PX = 140;
// Beyond this the far cheek has too few pixels to be turned to the front.
const HIGHEST_YAW_DEG = 33;
const LARGE_YAW_DEG = 18;
const HIGHEST_PITCH_DEG = 33;
const HIGHEST_ROLL_DEG = 35;
const LOWEST_LUMA = 22;
const LOWEST_CONTRAST = 14;
const LOW_CONTRAST = 30;
const LOW_LUMA = 45;
const LOWEST_INSIDE_SHARE = 0.92;
const AMBIGUOUS_RIVAL = 0.6;
const NOTICED_RIVAL = 0.25;
const CLOSED_EYE = 0.11;
// A broad smile with teeth parts the lips by a quarter of their width; beyond, lips and cheeks are stretched by the jaw.
const OPEN_MOUTH = 0.3;

/**
 * Decides whether a face can become an avatar.
 * @returns what the operator should know although the face is accepted.
 * @throws AvatarError with a `FACE_…` code and what to do about it.
 */
export function judgeFace(facts: FaceFacts): PortraitWarning[] {
  refuse(facts);
  const warnings: PortraitWarning[] = [];
  const warn = (condition: boolean, code: PortraitWarning['code'], message: string): void => {
    if (condition) warnings.push({ code, message });
  };
  warn(
    facts.quarterTurns !== 0,
    'TURNED_PICTURE',
    `The picture was turned by ${90 * facts.quarterTurns}° clockwise to set the face upright.`,
  );
  warn(
    facts.rivalWidth >= NOTICED_RIVAL,
    'SEVERAL_FACES',
    'There are several faces; the largest was taken. Crop the picture if another was meant.',
  );
  warn(
    facts.faceWidthPx < SMALL_WIDTH_PX,
    'SMALL_FACE',
    `The face is ${Math.round(facts.faceWidthPx)} pixels wide and will look soft; from ${SMALL_WIDTH_PX} pixels on it is sharp.`,
  );
  warn(
    Math.abs(facts.yawDeg) > LARGE_YAW_DEG || Math.abs(facts.rollDeg) > LARGE_YAW_DEG,
    'TURNED_FACE',
    `The head is turned by ${Math.round(facts.yawDeg)}° and tilted by ${Math.round(facts.rollDeg)}°; a face straight to the camera moves better.`,
  );
  warn(
    facts.mouthJitterPercent > LARGE_MOUTH_JITTER_PERCENT,
    'PARTLY_COVERED',
    'The mouth is hard to see; a beard is fine, but if something is in front of it take another picture.',
  );
  warn(facts.cutsHead, 'CROPPED_HEAD', 'The picture ends at the head; leave some room around hair and shoulders.');
  warn(
    facts.faceContrast < LOW_CONTRAST || facts.faceLuma < LOW_LUMA,
    'LOW_CONTRAST',
    'The face is flat or badly lit; a picture in daylight is clearer.',
  );
  warn(
    facts.eyeOpening < CLOSED_EYE,
    'EYES_CLOSED',
    'The eyes are closed, so their colour is invented; use a picture with open eyes.',
  );
  warn(
    facts.mouthOpening > OPEN_MOUTH,
    'MOUTH_OPEN',
    'The mouth is wide open, so its closed lips are made up and look smeared; use a picture with the lips closed or a smile.',
  );
  return warnings;
}

function refuse(facts: FaceFacts): void {
  if (facts.rivalWidth >= AMBIGUOUS_RIVAL) {
    throw failure('FACE_AMBIGUOUS', 'there are several faces of similar size; crop the picture to one person');
  }
  if (Math.abs(facts.yawDeg) > HIGHEST_YAW_DEG || Math.abs(facts.pitchDeg) > HIGHEST_PITCH_DEG) {
    throw failure(
      'FACE_TURNED_AWAY',
      `the head is turned by ${Math.round(facts.yawDeg)}° to the side and ${Math.round(facts.pitchDeg)}° up, at most ${HIGHEST_YAW_DEG}° can be used; look into the camera`,
    );
  }
  if (Math.abs(facts.rollDeg) > HIGHEST_ROLL_DEG) {
    throw failure('FACE_TURNED_AWAY', `the head is tilted by ${Math.round(facts.rollDeg)}°; turn the picture upright`);
  }
  if (facts.faceLuma < LOWEST_LUMA || facts.faceContrast < LOWEST_CONTRAST) {
    throw failure('FACE_TOO_DARK', 'the face can hardly be seen; use a picture with more light on the face');
  }
  if (
    facts.detectorScore < LOWEST_DETECTOR_SCORE ||
    facts.faceFlag < LOWEST_FACE_FLAG ||
    facts.jitterPercent > HIGHEST_JITTER_PERCENT
  ) {
    throw noFace(
      `what looks like one is too uncertain (score ${facts.detectorScore.toFixed(2)}, landmarks move by ${facts.jitterPercent.toFixed(1)} %): an animal, a covered face or a rough drawing`,
    );
  }
  if (facts.mouthJitterPercent > HIGHEST_MOUTH_JITTER_PERCENT) {
    throw failure('FACE_COVERED', 'something hides the mouth; use a picture without mask or hand in front of it');
  }
  if (facts.eyeContrast < LOWEST_EYE_CONTRAST_SHARE * facts.faceContrast && facts.eyeOpening > CLOSED_EYE) {
    throw failure('FACE_COVERED', 'something hides the eyes; use a picture without dark glasses');
  }
  if (facts.insideShare < LOWEST_INSIDE_SHARE) {
    throw failure('FACE_COVERED', 'the edge of the picture cuts through the face; use a picture that shows all of it');
  }
  if (facts.faceWidthPx < LOWEST_WIDTH_PX) {
    throw failure(
      'FACE_TOO_SMALL',
      `the face is ${Math.round(facts.faceWidthPx)} pixels wide, at least ${LOWEST_WIDTH_PX} are needed and ${SMALL_WIDTH_PX} are good; use a closer picture`,
    );
  }
}

/** @returns the error for a picture without a face that can be used. */
export function noFace(found: string): AvatarError {
  return failure('FACE_NOT_FOUND', `no human face was found: ${found}; use a picture of one face, from the front`);
}

function failure(code: ConstructorParameters<typeof AvatarError>[0], found: string): AvatarError {
  return new AvatarError(code, `Cannot enrol the portrait: ${found}`);
}
