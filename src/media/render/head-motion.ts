import { clamp, mix, smoothstep } from '../../base/ramp.ts';
import { rotationOf, type Rotation } from '../../base/rotation.ts';
import type { AppearanceFacts } from '../appearance.ts';
import { MOTION_INDEX } from '../motion-space.ts';

/** Beyond `full` degrees a movement goes on more and more slowly and never past `most`. */
const LIMITS = {
  yaw: { full: 20, most: 27 },
  pitch: { full: 15, most: 20 },
  roll: { full: 16, most: 24 },
} as const;
/** However the portrait was turned, the face must not turn further than this from the camera. */
const TOTAL_YAW_DEG = 36;
const DISTANCE = { nearest: 0.72, near: 0.8, far: 1.25, farthest: 1.4 } as const;
/** cm from the enrolled place. */
const SHIFT = { full: 4, most: 6 } as const;

/** Turning point of the head on the neck, and the camera's distance, in canonical head space (cm). */
const PIVOT_CM = [0, -4, -4.5] as const;
const CAMERA_DISTANCE_CM = 70;
/**
 * A face without a back looks turned less than it is: by these, what bench/closed-loop.ts reads is on the average of
 * portraits what was asked, up to `near` degrees and from `far` on. What is left of one portrait is in its `turnGain`.
 */
const YAW_GAIN = { near: 10, nearGain: 1.405, far: 20, farGain: 1.3 } as const;
const UP_GAIN = { near: 10, nearGain: 1.21, far: 15, farGain: 1.15 } as const;
const DOWN_GAIN = { near: 10, nearGain: 1.14, far: 15, farGain: 1.12 } as const;
/** How far the torso follows the head (measured from filmed talkers: about three tenths). */
const TORSO_SHARE = 0.3;
const TORSO_DISTANCE_SHARE = 0.75;
/** Shoulders under a turning, nodding and leaning head: cm for each degree, and the share of its roll. */
const SWAY_CM_PER_DEG = 0.06;
const BOW_CM_PER_DEG = 0.04;
const LEAN_SHARE = 0.3;
/** The torso comes after the head by about this much, which is what joins the two to one body; after a pause it has arrived. */
const TORSO_LAG_US = 180_000;
const PAUSE_US = 1_000_000;
/** The part of the picture above its lower edge over which points are held when they move up. */
const HELD_BELOW = 0.14;
const BREATH_CM = 0.1;
const BREATH_PERIOD_US = 4_100_000;

/** Where head and torso stand in one frame, and how points get there. All lengths in pixels of the picture. */
export class HeadMotion {
  readonly rotation: Rotation = rotationOf({ yawDeg: 0, pitchDeg: 0, rollDeg: 0 });
  private readonly turn = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 };
  /** The last point that `place` computed: x right, y down. */
  x = 0;
  y = 0;
  private readonly facts: AppearanceFacts;
  private readonly pivotX: number;
  private readonly pivotY: number;
  private readonly pivotZ: number;
  private readonly centreX: number;
  private readonly centreY: number;
  private readonly middle: number;
  private readonly focal: number;
  private readonly breathPhase: number;
  private shiftX = 0;
  private shiftY = 0;
  private zoom = 1;
  private torsoX = 0;
  private torsoY = 0;
  /** `torsoY` without the breath. */
  private followY = 0;
  private torsoZoom = 1;
  private torsoTilt = 0;
  private lastUs = Number.NaN;

  constructor(facts: AppearanceFacts, seed: number) {
    this.facts = facts;
    const { rotation: r, scalePxPerCm, translationPx } = facts.pose;
    const [pivotX = 0, pivotY = 0, pivotZ = 0] = [0, 1, 2].map(
      (axis) =>
        translationPx[axis]! +
        scalePxPerCm * (r[axis * 3]! * PIVOT_CM[0] + r[axis * 3 + 1]! * PIVOT_CM[1] + r[axis * 3 + 2]! * PIVOT_CM[2]),
    );
    this.pivotX = pivotX;
    this.pivotY = pivotY;
    this.pivotZ = pivotZ;
    [this.centreX, this.centreY] = facts.centrePx;
    this.middle = facts.sizePx / 2;
    this.focal = CAMERA_DISTANCE_CM * scalePxPerCm;
    this.breathPhase = ((Math.imul(seed | 0, 0x9e3779b1) >>> 0) / 2 ** 32) * 2 * Math.PI;
  }

  update(motion: Float32Array, timeUs: number): void {
    this.updateTurn(motion);
    this.updateShift(motion, timeUs);
  }

  private updateTurn(motion: Float32Array): void {
    const { turn } = this;
    const { turnDeg, turnGain } = this.facts;
    const most = Math.max(0, TOTAL_YAW_DEG - turnDeg.yaw);
    const least = Math.min(0, -TOTAL_YAW_DEG - turnDeg.yaw);
    const yawDeg = clamp(soften(motion[MOTION_INDEX.headYaw]!, LIMITS.yaw), least, most);
    const pitchDeg = soften(motion[MOTION_INDEX.headPitch]!, LIMITS.pitch);
    turn.yawDeg = yawDeg * gainAt(yawDeg, YAW_GAIN, yawDeg > 0 ? turnGain.left : turnGain.right);
    turn.pitchDeg =
      pitchDeg * (pitchDeg > 0 ? gainAt(pitchDeg, UP_GAIN, turnGain.up) : gainAt(pitchDeg, DOWN_GAIN, turnGain.down));
    turn.rollDeg = soften(motion[MOTION_INDEX.headRoll]!, LIMITS.roll);
    rotationOf(turn, this.rotation);
  }

  private updateShift(motion: Float32Array, timeUs: number): void {
    const { turn } = this;
    const { scalePxPerCm: scale } = this.facts.pose;
    const breath = Math.sin((2 * Math.PI * timeUs) / BREATH_PERIOD_US + this.breathPhase);
    this.shiftX = soften(motion[MOTION_INDEX.headX]!, SHIFT) * scale;
    this.shiftY = (soften(motion[MOTION_INDEX.headY]!, SHIFT) + 0.25 * BREATH_CM * breath) * scale;
    const distance = softenDistance(motion[MOTION_INDEX.headDistance]!);
    this.zoom = 1 / distance;
    const passedUs = timeUs - this.lastUs;
    const follows = passedUs > 0 && passedUs < PAUSE_US ? 1 - Math.exp(-passedUs / TORSO_LAG_US) : 1;
    this.lastUs = timeUs;
    this.torsoZoom = mix(this.torsoZoom, distance ** -TORSO_DISTANCE_SHARE, follows);
    this.torsoX = mix(this.torsoX, TORSO_SHARE * this.shiftX + SWAY_CM_PER_DEG * turn.yawDeg * scale, follows);
    const headY = soften(motion[MOTION_INDEX.headY]!, SHIFT);
    this.followY = mix(this.followY, (TORSO_SHARE * headY + BOW_CM_PER_DEG * turn.pitchDeg) * scale, follows);
    this.torsoY = this.followY + (1 + 0.25 * TORSO_SHARE) * BREATH_CM * breath * scale;
    this.torsoTilt = mix(this.torsoTilt, -LEAN_SHARE * turn.rollDeg * (Math.PI / 180), follows);
  }

  /** Sets `x` and `y` to where a point of the head, camera space at rest, is drawn. */
  place(px: number, py: number, pz: number): void {
    const r = this.rotation;
    const dx = px - this.pivotX;
    const dy = py - this.pivotY;
    const dz = pz - this.pivotZ;
    const perspective = (this.focal - pz) / (this.focal - (r[6]! * dx + r[7]! * dy + r[8]! * dz + this.pivotZ));
    const x = r[0]! * dx + r[1]! * dy + r[2]! * dz + this.pivotX + this.shiftX;
    const y = r[3]! * dx + r[4]! * dy + r[5]! * dz + this.pivotY + this.shiftY;
    this.x = this.centreX + (this.middle + (x - this.middle) * perspective - this.centreX) * this.zoom;
    this.y = this.centreY - (this.centreY - this.middle + (y + this.middle) * perspective) * this.zoom;
  }

  /**
   * Places points of head and torso.
   * @param points - `[n, 3]` camera space at rest; @param headWeights - `[n]` 1 moves with the head, 0 with the torso;
   * @param freedoms - `[n]` 0 pins a point, above 1 it is held when it would move down; near the lower edge all are held when they would move up; @param places - `[n, 2]` pixels, x right, y down, overwritten.
   */
  placeAll(points: Float32Array, headWeights: Float32Array, freedoms: Float32Array, places: Float32Array): void {
    const { centreX, centreY, middle } = this;
    const sizePx = 2 * middle;
    for (let point = 0, at = 0; at < points.length; point++, at += 3) {
      const px = points[at]!;
      const py = points[at + 1]!;
      this.place(px, py, points[at + 2]!);
      let x = this.x;
      let y = this.y;
      const headWeight = headWeights[point]!;
      const freedom = freedoms[point]!;
      if (headWeight < 1 || freedom !== 1) {
        // Shoulders tilt about the base of the neck, far enough below to look like a lean.
        const torsoX = centreX + (px + this.torsoX - this.torsoTilt * (py + sizePx) - centreX) * this.torsoZoom;
        const torsoY = centreY - (py + this.torsoY + this.torsoTilt * (px - centreX) + centreY) * this.torsoZoom;
        const moveX = headWeight * x + (1 - headWeight) * torsoX - px;
        const moveY = headWeight * y + (1 - headWeight) * torsoY + py;
        // What moves out of the picture may; only moving inward would uncover its edge, and upward its lower one.
        const inward = Math.min(1, freedom);
        const upward = inward * smoothstep(0, HELD_BELOW, 1 + py / sizePx);
        x = px + moveX * (moveX * (px - middle) > 0 ? Math.max(inward, headWeight) : inward);
        y = -py + moveY * (moveY > 0 ? Math.min(1, 2 - freedom) : upward);
      }
      places[point * 2] = x;
      places[point * 2 + 1] = y;
    }
  }
}

interface Gain {
  readonly near: number;
  readonly nearGain: number;
  readonly far: number;
  readonly farGain: number;
}

/** @param own - of the portrait: a face that looks turned too little is not pushed further than its picture goes. */
function gainAt(angleDeg: number, { far, farGain, near, nearGain }: Gain, own: number): number {
  return mix(nearGain * own, farGain * Math.min(1, own), smoothstep(near, far, Math.abs(angleDeg)));
}

function soften(value: number, limit: { readonly full: number; readonly most: number }): number {
  const size = Math.abs(value);
  if (!(size > limit.full)) return Number.isFinite(value) ? value : 0;
  const room = limit.most - limit.full;
  return Math.sign(value) * (limit.full + room * Math.tanh((size - limit.full) / room));
}

function softenDistance(ratio: number): number {
  if (!(ratio > 0) || !Number.isFinite(ratio)) return 1;
  if (ratio < DISTANCE.near) {
    const room = DISTANCE.near - DISTANCE.nearest;
    return DISTANCE.near - room * Math.tanh((DISTANCE.near - ratio) / room);
  }
  if (ratio <= DISTANCE.far) return ratio;
  const room = DISTANCE.farthest - DISTANCE.far;
  return DISTANCE.far + room * Math.tanh((ratio - DISTANCE.far) / room);
}
