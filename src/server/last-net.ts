import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Meter } from '../base/meter.ts';
import { ownerOfFault } from '../peer/rtc/fault-scope.ts';

/** More failures of unknown origin than this in a minute, and the process ends so that its supervisor starts it anew. */
const MOST_PER_MINUTE = 10;
const MINUTE_MS = 60_000;

/**
 * Hears of every rejection and exception that nobody caught. One that comes from a connection ends that connection; one of
 * unknown origin is logged, and the calls go on: to end them all because of one mistake would be the larger harm.
 * @returns takes the net away.
 */
export function hangLastNet(log: Logger, meter: Meter): () => void {
  const recentMs: number[] = [];
  const counter = meter.counter('avatar_process_faults_total', 'Failures that nobody caught, by whose they are');
  const hear = (thrown: unknown): void => {
    const owner = ownerOfFault();
    counter.add(1, { owner: owner === undefined ? 'unknown' : 'connection' });
    if (owner !== undefined) {
      owner.fail(thrown);
      return;
    }
    const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
    log.error('process.fault', { message: messageOf(thrown), stack: stack.slice(0, 2000) });
    const nowMs = performance.now();
    recentMs.push(nowMs);
    if (recentMs.length <= MOST_PER_MINUTE) return;
    if (nowMs - (recentMs.shift() ?? nowMs) > MINUTE_MS) return;
    log.error('process.ends', { message: `More than ${MOST_PER_MINUTE} failures of unknown origin in a minute` });
    process.exit(1);
  };
  process.on('unhandledRejection', hear);
  process.on('uncaughtException', hear);
  return () => {
    process.off('unhandledRejection', hear);
    process.off('uncaughtException', hear);
  };
}
