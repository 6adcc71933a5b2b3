import type { HeadPose } from '../appearance.ts';
import type { HeadMotion } from './head-motion.ts';

/** Places points of canonical head space, cm, as they are drawn in this frame. */
export class HeadSpace {
  x = 0;
  y = 0;
  private readonly pose: HeadPose;
  private readonly head: HeadMotion;

  constructor(pose: HeadPose, head: HeadMotion) {
    this.pose = pose;
    this.head = head;
  }

  place(x: number, y: number, z: number): void {
    const { rotation: r, scalePxPerCm: scale, translationPx: t } = this.pose;
    const { head } = this;
    head.place(
      t[0] + scale * (r[0]! * x + r[1]! * y + r[2]! * z),
      t[1] + scale * (r[3]! * x + r[4]! * y + r[5]! * z),
      t[2] + scale * (r[6]! * x + r[7]! * y + r[8]! * z),
    );
    this.x = head.x;
    this.y = head.y;
  }
}
