const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/**
 * How long to wait before another attempt: a second, then twice as long each time up to half a minute, less up to a half, so that
 * those who failed together do not come back together.
 * @param failures - in a row, 1 or more. @param random - 0..1.
 */
export function backOffMs(failures: number, random: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) * (1 - random / 2);
}
