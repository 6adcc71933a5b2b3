import { clamp, smoothstep } from '../../base/ramp.ts';
import type { MouthFacts } from '../appearance.ts';
import type { PortraitAnalysis } from './analysis.ts';
import {
  LIP_INNER_LOWER,
  LIP_INNER_UPPER,
  LIP_OUTER_LOWER,
  LIP_OUTER_UPPER,
  LIP_RED_LOWER,
  LIP_RED_UPPER,
} from './landmark-groups.ts';
import { drawSeam, SEAM_HALF_CM, SEAM_PAST } from './lip-seam.ts';
import type { MouthRest } from './mouth-rest.ts';
import { mouthTone } from './mouth-tone.ts';
import { findOwnTeeth } from './own-teeth.ts';
import { solidSprite, type PartsAtlas } from './parts-atlas.ts';
import type { SkinTone } from './skin-tone.ts';
import { buildTeeth } from './teeth.ts';
import { drawTongue } from './tongue-sprite.ts';

/** How much of the portrait's own nod is seen in its mouth. */
const NOD_TRUST = 0.2;
/** Lips that a portrait shows this far apart are closed, or no longer. */
const CLOSED_CM = 0.06;
const PARTED_CM = 0.16;

/** Builds what lies behind the lips. */
export function buildMouth(analysis: PortraitAnalysis, rest: MouthRest, skin: SkinTone, atlas: PartsAtlas): MouthFacts {
  const { face } = rest;
  const lipAxis = (axis: number): number => (face[13 * 3 + axis]! + face[14 * 3 + axis]!) / 2;
  const lipsCm = [lipAxis(0), lipAxis(1), lipAxis(2)] as const;
  const halfWidthCm = clamp(((face[308 * 3]! - face[78 * 3]!) / 2) * 1.08, 2.1, 2.6);
  const { rotation } = analysis.pose;
  // A landmark net is less sure of a face's nod than of how far its teeth show.
  const tilt = (-(1 - NOD_TRUST) * rotation[5]!) / rotation[4]!;
  const own = findOwnTeeth(analysis, rest, skin);
  const found = mouthTone(analysis, skin);
  const tone = own === null ? found : { ...found, teeth: own.tone };
  const teeth = buildTeeth({ analysis, tone, own, lipsCm, halfWidthCm, tilt, atlas });
  return {
    upperInner: LIP_INNER_UPPER,
    lowerInner: LIP_INNER_LOWER,
    upperOuter: LIP_OUTER_UPPER,
    lowerOuter: LIP_OUTER_LOWER,
    upperRed: LIP_RED_UPPER.flat(),
    lowerRed: LIP_RED_LOWER.flat(),
    upperTeeth: teeth.upper,
    lowerTeeth: teeth.lower,
    tongue: atlas.add(drawTongue(tone)),
    lipsCm,
    archHalfWidthCm: halfWidthCm,
    tilt,
    seamShade: smoothstep(0.05, 0.4, rest.gapCm),
    seam: atlas.add(drawSeam(analysis, tone, smoothstep(PARTED_CM, CLOSED_CM, rest.gapCm))),
    seamHalfCm: SEAM_HALF_CM,
    seamPast: SEAM_PAST,
    cavity: atlas.add(solidSprite(tone.cavity)),
    shade: atlas.add(solidSprite(tone.shade)),
  };
}
