import { AvatarError } from '../../base/errors.ts';

/** The limits for the sessions of one address. */
export interface SessionLimits {
  /** Sessions at the same time. */
  readonly perAddress: number;
  /** Sessions opened in a minute. */
  readonly perMinute: number;
  /** Length of all its sessions in one day (UTC), in minutes; 0 for no limit. */
  readonly minutesPerDay: number;
}

const DAY_MS = 86_400_000;
/** The shortest lifetime that a session may have (`protocol/session.ts`). */
const SHORTEST_S = 10;

/** How long the sessions of each address may still last today. A session takes its whole lifetime, and gives back what it did not use. */
export class SessionQuota {
  readonly #limitS: number;
  readonly #now: () => Date;
  readonly #takenS = new Map<string, number>();
  #day = 0;

  /** @param minutesPerDay - 0 for no limit. */
  constructor(minutesPerDay: number, now: () => Date) {
    this.#limitS = minutesPerDay * 60;
    this.#now = now;
  }

  /**
   * @returns how long the session may last, at most `lifetimeS`, and what to call when it is over.
   * @throws AvatarError `QUOTA_EXCEEDED` when nothing is left.
   */
  take(address: string, lifetimeS: number): { readonly lifetimeS: number; readonly giveBack: () => void } {
    if (this.#limitS === 0) return { lifetimeS, giveBack: () => undefined };
    const startMs = this.#now().getTime();
    const day = Math.floor(startMs / DAY_MS);
    if (day !== this.#day) this.#takenS.clear();
    this.#day = day;
    const takenS = this.#takenS.get(address) ?? 0;
    const grantedS = Math.min(lifetimeS, this.#limitS - takenS);
    if (grantedS < SHORTEST_S) {
      const minutes = this.#limitS / 60;
      throw new AvatarError(
        'QUOTA_EXCEEDED',
        `Cannot open a session: this address has used its ${minutes} minutes of today`,
      );
    }
    this.#takenS.set(address, takenS + grantedS);
    const giveBack = (): void => {
      const usedS = Math.ceil((this.#now().getTime() - startMs) / 1000);
      // The count began anew with the new day.
      if (this.#day !== day) return;
      const unusedS = Math.max(0, grantedS - usedS);
      this.#takenS.set(address, Math.max(0, (this.#takenS.get(address) ?? 0) - unusedS));
    };
    return { lifetimeS: grantedS, giveBack };
  }
}
