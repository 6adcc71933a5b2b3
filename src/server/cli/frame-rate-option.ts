import { InvalidArgumentError, Option } from 'commander';

/** Rates at which motion is written and pictures are drawn. */
export const FRAME_RATES = [25, 30, 40, 50, 60] as const;

export type FrameRate = (typeof FRAME_RATES)[number];

export function frameRateOption(): Option {
  return new Option('--fps <rate>', `frames a second: ${FRAME_RATES.join(', ')}`).default(25).argParser((text) => {
    const rate = FRAME_RATES.find((each) => String(each) === text);
    if (rate === undefined) throw new InvalidArgumentError(`Give one of ${FRAME_RATES.join(', ')}.`);
    return rate;
  });
}
