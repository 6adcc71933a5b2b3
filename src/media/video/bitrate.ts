export const LEAST_BITRATE_BPS = 150_000;
export const MOST_BITRATE_BPS = 2_500_000;
const FIRST_BITRATE_BPS = 1_000_000;
/** Headers, retransmissions and the sound come out of the same estimate. */
const VIDEO_SHARE = 0.85;
/** Smaller changes only disturb the encoder's rate control. */
const WORTH_A_CHANGE = 0.05;
/** Above this share of lost packets the link is full, whatever the estimate says (RFC 8698 and GCC agree on about 10 %). */
const LOSS_LIMIT = 0.1;

/**
 * The encoder's bitrate: what the narrowest viewer can take. A viewer's limit is its own estimate (REMB), cut when its
 * reports tell of heavy loss.
 */
export class BitratePolicy {
  readonly #viewers = new Map<string, { estimateBps: number | undefined; lossShare: number }>();
  #currentBps = FIRST_BITRATE_BPS;

  get bitrateBps(): number {
    return this.#currentBps;
  }

  /** A viewer's estimate of what its link takes, in all. */
  estimate(viewerId: string, bitrateBps: number): void {
    this.#of(viewerId).estimateBps = bitrateBps;
    this.#decide();
  }

  /** @param lossShare - lost of what was sent since the report before, 0..1. */
  loss(viewerId: string, lossShare: number): void {
    this.#of(viewerId).lossShare = lossShare;
    this.#decide();
  }

  remove(viewerId: string): void {
    this.#viewers.delete(viewerId);
    this.#decide();
  }

  #of(viewerId: string): { estimateBps: number | undefined; lossShare: number } {
    let viewer = this.#viewers.get(viewerId);
    if (viewer === undefined) this.#viewers.set(viewerId, (viewer = { estimateBps: undefined, lossShare: 0 }));
    return viewer;
  }

  #decide(): void {
    let wanted = MOST_BITRATE_BPS;
    let known = false;
    for (const { estimateBps, lossShare } of this.#viewers.values()) {
      if (estimateBps === undefined || !Number.isFinite(estimateBps)) continue;
      known = true;
      const cut = lossShare > LOSS_LIMIT ? 1 - lossShare / 2 : 1;
      wanted = Math.min(wanted, estimateBps * VIDEO_SHARE * cut);
    }
    if (!known) wanted = FIRST_BITRATE_BPS;
    wanted = Math.round(Math.max(LEAST_BITRATE_BPS, wanted));
    if (Math.abs(wanted - this.#currentBps) >= this.#currentBps * WORTH_A_CHANGE) this.#currentBps = wanted;
  }
}
