import { messageOf } from '../base/errors.ts';
import type { Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/logger.ts';
import type { PortraitStore } from './portrait-store.ts';

export interface UpkeepOptions {
  readonly portraits: Pick<PortraitStore, 'deleteUnused'>;
  /** 0 keeps everything. */
  readonly unusedDays: number;
  readonly log: Logger;
  readonly now: () => Date;
}

const INTERVAL_MS = 3_600_000;
/** A clock that is wrong by years must not empty the store before somebody notices. */
const MOST_AT_ONCE = 20;
const MS_PER_DAY = 86_400_000;

/** Deletes uploads that nobody uses any more, a few each hour. */
export function keepTidy({ portraits, unusedDays, log, now }: UpkeepOptions): Closable {
  if (unusedDays === 0) return { close: () => undefined };
  const tidy = async (): Promise<void> => {
    try {
      const before = new Date(now().getTime() - unusedDays * MS_PER_DAY);
      const deleted = await portraits.deleteUnused(before, MOST_AT_ONCE);
      if (deleted > 0) log.info('portraits.expired', { deleted, unusedDays });
    } catch (thrown) {
      log.error('portraits.not-tidied', { message: messageOf(thrown) });
    }
  };
  const timer = setInterval(() => void tidy(), INTERVAL_MS);
  timer.unref();
  return {
    close: () => {
      clearInterval(timer);
    },
  };
}
