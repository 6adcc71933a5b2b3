import { byId } from './dom.ts';

export const GAZE_YAW_LIMIT = 20;
export const GAZE_PITCH_LIMIT = 12;

/** A square to point at, and two sliders under it for keys: where the eyes look. */
export class GazePad {
  readonly #pad = byId('gaze', HTMLDivElement);
  readonly #yaw = byId('gaze-yaw', HTMLInputElement);
  readonly #pitch = byId('gaze-pitch', HTMLInputElement);
  readonly #onChange: (target: { yaw: number; pitch: number } | null) => void;

  constructor(onChange: (target: { yaw: number; pitch: number } | null) => void) {
    this.#onChange = onChange;
    const point = (event: PointerEvent): void => {
      const box = this.#pad.getBoundingClientRect();
      const x = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      const y = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
      this.#yaw.value = String(Math.round((x * 2 - 1) * GAZE_YAW_LIMIT));
      this.#pitch.value = String(Math.round((1 - y * 2) * GAZE_PITCH_LIMIT));
      this.#tell();
    };
    this.#pad.addEventListener('pointerdown', (event) => {
      this.#pad.setPointerCapture(event.pointerId);
      point(event);
    });
    this.#pad.addEventListener('pointermove', (event) => {
      if (this.#pad.hasPointerCapture(event.pointerId)) point(event);
    });
    for (const input of [this.#yaw, this.#pitch]) {
      input.addEventListener('input', () => {
        this.#tell();
      });
    }
    byId('gaze-free', HTMLButtonElement).addEventListener('click', () => {
      this.reset();
      onChange(null);
    });
    this.reset();
  }

  /** Back to the middle, led by nobody; tells nothing. */
  reset(): void {
    this.#yaw.value = '0';
    this.#pitch.value = '0';
    this.#move();
    this.#pad.classList.add('free');
  }

  #tell(): void {
    this.#pad.classList.remove('free');
    this.#move();
    // The picture faces the viewer: to the right on the pad is to the person's own left, which is positive.
    this.#onChange({ yaw: Number(this.#yaw.value), pitch: Number(this.#pitch.value) });
  }

  #move(): void {
    this.#pad.style.setProperty('--x', String((Number(this.#yaw.value) / GAZE_YAW_LIMIT + 1) / 2));
    this.#pad.style.setProperty('--y', String((1 - Number(this.#pitch.value) / GAZE_PITCH_LIMIT) / 2));
  }
}
