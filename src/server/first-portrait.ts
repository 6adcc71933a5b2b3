import type { PortraitStore } from './portrait-store.ts';

export interface FirstPortraitOptions {
  readonly portraits: PortraitStore;
  /** Opens a portrait where faces are drawn, so that its first call need not wait for that. */
  readonly prepare: (portraitId: string) => Promise<void>;
  /** 0 up to 1. */
  readonly random: () => number;
  /** Milliseconds on a monotonic clock. */
  readonly nowMs: () => number;
}

/** The rest after a preparation, in multiples of the time that it took. However many pages come, they cost a tenth of a thread. */
const REST = 9;

/** Which portrait a new page begins with: one of the program's by chance, so that two who meet seldom look alike. */
export class FirstPortrait {
  readonly #options: FirstPortraitOptions;
  #isPreparing = false;
  #restUntilMs = -Infinity;

  constructor(options: FirstPortraitOptions) {
    this.#options = options;
  }

  /** @returns its id; nothing when there is none at all. */
  next(): string | undefined {
    const { portraits, random } = this.#options;
    const ready = portraits.list('').filter(({ builtIn }) => builtIn);
    const chosen = ready[Math.floor(random() * ready.length)]?.id ?? portraits.first;
    if (chosen !== undefined && portraits.isReady) this.#prepare(chosen);
    return chosen;
  }

  /** One at a time, and seldom: many pages must not fill the drawing threads with portraits that nobody wears yet. */
  #prepare(portraitId: string): void {
    const { nowMs, prepare } = this.#options;
    const startMs = nowMs();
    if (this.#isPreparing || startMs < this.#restUntilMs) return;
    this.#isPreparing = true;
    void prepare(portraitId).finally(() => {
      this.#isPreparing = false;
      this.#restUntilMs = nowMs() + REST * (nowMs() - startMs);
    });
  }
}
