import type { ControlMessage } from '../../protocol/control.ts';

const PACKET_MS = 20;

/** An avatar's voice without media: packets of 20 ms leave one after the other in real time, or as the test turns the clock. */
export class TimedOutlet {
  talking = false;
  readonly controls: ControlMessage[] = [];
  readonly packets: Uint8Array[] = [];
  /** Pieces of silence between packets that were given too late. */
  gaps = 0;
  stops = 0;
  readonly #nowMs: () => number;
  #spoken = 0;
  #waiting = 0;
  #freeAtMs: number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#freeAtMs = nowMs();
  }

  speak(packets: readonly Uint8Array[]): number {
    this.#run();
    if (this.#waiting === 0) {
      if (this.packets.length > 0 && this.#nowMs() - this.#freeAtMs >= 1) this.gaps++;
      this.#freeAtMs = Math.max(this.#freeAtMs, this.#nowMs());
    }
    this.packets.push(...packets);
    const delayMs = this.#freeAtMs + this.#waiting * PACKET_MS - this.#nowMs();
    this.#waiting += packets.length;
    return delayMs * 1000;
  }

  get spokenUs(): number {
    this.#run();
    return this.#spoken * PACKET_MS * 1000;
  }

  stopSpeaking(): number {
    this.#run();
    const left = this.#waiting;
    this.#waiting = 0;
    this.stops++;
    return left * PACKET_MS * 1000;
  }

  soundTimeMs(delayUs: number): number {
    return delayUs / 1000;
  }

  control(message: ControlMessage): void {
    this.controls.push(message);
  }

  send(): void {
    return;
  }

  broadcast(): void {
    return;
  }

  #run(): void {
    while (this.#waiting > 0 && this.#freeAtMs <= this.#nowMs()) {
      this.#waiting--;
      this.#spoken++;
      this.#freeAtMs += PACKET_MS;
    }
  }
}
