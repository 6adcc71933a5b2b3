import { describe, expect, it } from 'vitest';
import { AvatarError } from '../../../src/base/errors.ts';
import { checkConsent } from '../../../src/media/portrait/consent.ts';
import { judgeFace, type FaceFacts } from '../../../src/media/portrait/gates.ts';

const GOOD: FaceFacts = {
  detectorScore: 0.93,
  faceFlag: 0.99,
  faceWidthPx: 300,
  yawDeg: 2,
  pitchDeg: -9,
  rollDeg: 1,
  jitterPercent: 1.1,
  mouthJitterPercent: 0.6,
  eyeContrast: 120,
  faceLuma: 140,
  faceContrast: 130,
  insideShare: 1,
  rivalWidth: 0,
  eyeOpening: 0.35,
  mouthOpening: 0.02,
  cutsHead: false,
  quarterTurns: 0,
};

function verdict(facts: Partial<FaceFacts>): string | string[] {
  try {
    return judgeFace({ ...GOOD, ...facts }).map(({ code }) => code);
  } catch (thrown) {
    if (thrown instanceof AvatarError) return thrown.code;
    throw thrown;
  }
}

describe('judgeFace()', () => {
  it('has nothing to say about a good portrait, nor about a smile that shows teeth', () => {
    expect(verdict({})).toEqual([]);
    expect(verdict({ mouthOpening: 0.2 })).toEqual([]);
  });

  it.each<[string, Partial<FaceFacts>, string]>([
    ['two faces of one size', { rivalWidth: 0.9 }, 'FACE_AMBIGUOUS'],
    ['a profile', { yawDeg: 48, jitterPercent: 5 }, 'FACE_TURNED_AWAY'],
    ['a face that looks at the ceiling', { pitchDeg: 40 }, 'FACE_TURNED_AWAY'],
    ['a head that lies on its side by half', { rollDeg: -44 }, 'FACE_TURNED_AWAY'],
    ['the dark', { faceLuma: 9, faceContrast: 10 }, 'FACE_TOO_DARK'],
    ['a cat', { detectorScore: 0.6, faceFlag: 0.03, jitterPercent: 8.4 }, 'FACE_NOT_FOUND'],
    ['a face of 30 pixels', { faceWidthPx: 30 }, 'FACE_TOO_SMALL'],
    ['a mask', { mouthJitterPercent: 5.4 }, 'FACE_COVERED'],
    ['dark glasses', { eyeContrast: 2 }, 'FACE_COVERED'],
    ['a face cut by the edge', { insideShare: 0.7 }, 'FACE_COVERED'],
  ])('refuses %s', (_, facts, code) => {
    expect(verdict(facts)).toBe(code);
  });

  it.each<[string, Partial<FaceFacts>, string]>([
    ['a picture that lay on its side', { quarterTurns: 1 }, 'TURNED_PICTURE'],
    ['people in the back', { rivalWidth: 0.3 }, 'SEVERAL_FACES'],
    ['a small face', { faceWidthPx: 90 }, 'SMALL_FACE'],
    ['a turned face', { yawDeg: -24 }, 'TURNED_FACE'],
    ['hair beyond the edge', { cutsHead: true }, 'CROPPED_HEAD'],
    ['fog', { faceContrast: 20 }, 'LOW_CONTRAST'],
    ['closed eyes', { eyeOpening: 0.05, eyeContrast: 3 }, 'EYES_CLOSED'],
    ['a wide-open mouth', { mouthOpening: 0.45 }, 'MOUTH_OPEN'],
    ['a beard', { mouthJitterPercent: 2.5 }, 'PARTLY_COVERED'],
  ])('warns of %s', (_, facts, code) => {
    expect(verdict(facts)).toEqual([code]);
  });
});

describe('checkConsent()', () => {
  const consent = { text: ' I am the person shown ', time: '2026-03-01T10:00:00Z', scope: 'live-call' };

  it('keeps what was said, trimmed', () => {
    expect(checkConsent(consent).text).toBe('I am the person shown');
  });

  it.each([{ text: '  ' }, { text: 'x'.repeat(2001) }, { scope: '' }, { time: 'yesterday' }])(
    'refuses %o',
    (change) => {
      expect(() => checkConsent({ ...consent, ...change })).toThrow(
        expect.objectContaining({ code: 'CONSENT_MISSING' }),
      );
    },
  );
});
