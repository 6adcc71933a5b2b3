/** Quieter than this is silence, whatever the room: a whisper close to a microphone has about -45 dBFS. */
export const SILENCE_DBFS = -55;
/** A voice stands out from its room by at least this. */
const ABOVE_FLOOR_DB = 9;
/** How fast the estimate of the room's noise may rise: slower than any syllable, faster than a fan that starts. */
const FLOOR_RISE_DB_PER_S = 4;

/** An estimate of the room's noise, from levels of sound at even steps. */
export class NoiseFloor {
  readonly #riseDb: number;
  #floorDbfs = SILENCE_DBFS;

  constructor(stepS: number) {
    this.#riseDb = FLOOR_RISE_DB_PER_S * stepS;
  }

  /** Takes the next level. @returns whether it stands out from the room as a voice does. */
  isAbove(levelDbfs: number): boolean {
    const risen = this.#floorDbfs + this.#riseDb;
    this.#floorDbfs = Math.min(risen, Math.max(levelDbfs, SILENCE_DBFS - ABOVE_FLOOR_DB));
    return levelDbfs > Math.max(SILENCE_DBFS, this.#floorDbfs + ABOVE_FLOOR_DB);
  }

  reset(): void {
    this.#floorDbfs = SILENCE_DBFS;
  }
}
