export const LEAST_BITRATE_BPS = 150_000;
export const MOST_BITRATE_BPS = 2_500_000;
/** What one slow viewer cannot take from the others: at half of it a face begins to blur (40.8 dB at 300 kbps). */
const SHARED_LEAST_BPS = 400_000;
const FIRST_BITRATE_BPS = 1_000_000;
/** Headers, retransmissions and the sound come out of the same estimate. */
const VIDEO_SHARE = 0.85;
/** Smaller changes only disturb the encoder's rate control. */
const WORTH_A_CHANGE = 0.05;
/** Above this share of lost packets the link is full, whatever the estimate says (RFC 8698 and GCC agree on about 10 %). */
const LOSS_LIMIT = 0.1;
/** From this share on, pictures are sent in copies, until so many reports in a row (one a second) tell of less. */
const LOSSY_FROM = 0.02;
const LOSSY_REPORTS = 10;
/** What each copy must have room for: one besides the picture itself costs quality where two would cost the picture. */
const ONE_COPY_FROM_BPS = 2 * LEAST_BITRATE_BPS;
const TWO_COPIES_FROM_BPS = 6 * LEAST_BITRATE_BPS;

interface Link {
  estimateBps: number | undefined;
  lossShare: number;
  lossyReports: number;
}

/**
 * The encoder's bitrate: what the narrowest viewer can take, but not less than `SHARED_LEAST_BPS` while another can take
 * that. A viewer's limit is its own estimate (REMB), cut when its
 * reports tell of heavy loss, and shared between the copies while it gets each picture more than once.
 */
export class BitratePolicy {
  readonly #viewers = new Map<string, Link>();
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
    const link = this.#of(viewerId);
    link.lossShare = lossShare;
    link.lossyReports = lossShare >= LOSSY_FROM ? LOSSY_REPORTS : Math.max(0, link.lossyReports - 1);
    this.#decide();
  }

  /** @returns how often each packet is to be sent to a viewer again, 0 to 2: its link loses some, and is wide enough. */
  copies(viewerId: string): number {
    const link = this.#viewers.get(viewerId);
    return link === undefined ? 0 : copiesOn(link);
  }

  remove(viewerId: string): void {
    this.#viewers.delete(viewerId);
    this.#decide();
  }

  #of(viewerId: string): Link {
    let link = this.#viewers.get(viewerId);
    if (link === undefined) {
      this.#viewers.set(viewerId, (link = { estimateBps: undefined, lossShare: 0, lossyReports: 0 }));
    }
    return link;
  }

  #decide(): void {
    let wanted = MOST_BITRATE_BPS;
    let widest = 0;
    let known = false;
    for (const link of this.#viewers.values()) {
      const { estimateBps, lossShare } = link;
      if (estimateBps === undefined || !Number.isFinite(estimateBps)) continue;
      known = true;
      const cut = lossShare > LOSS_LIMIT ? 1 - lossShare / 2 : 1;
      const limit = (estimateBps * VIDEO_SHARE * cut) / (1 + copiesOn(link));
      wanted = Math.min(wanted, limit);
      widest = Math.max(widest, limit);
    }
    wanted = Math.max(wanted, Math.min(widest, SHARED_LEAST_BPS));
    if (!known) wanted = FIRST_BITRATE_BPS;
    wanted = Math.round(Math.max(LEAST_BITRATE_BPS, wanted));
    if (Math.abs(wanted - this.#currentBps) >= this.#currentBps * WORTH_A_CHANGE) this.#currentBps = wanted;
  }
}

function copiesOn({ estimateBps, lossyReports }: Link): number {
  if (lossyReports === 0 || estimateBps === undefined) return 0;
  const roomBps = estimateBps * VIDEO_SHARE;
  if (roomBps >= TWO_COPIES_FROM_BPS) return 2;
  return roomBps >= ONE_COPY_FROM_BPS ? 1 : 0;
}
