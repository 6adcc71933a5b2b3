import { defineConfig } from 'vitest/config';

/** Tests that measure time on the wire or in a browser: one at a time, with nothing beside them. */
const REAL_TIME = ['test/interop/**/*.test.ts', 'test/peer/**/*.test.ts', 'test/web/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'logic',
          include: ['test/**/*.test.ts'],
          exclude: REAL_TIME,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Two cores: more test processes only get in each other's way.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'real time',
          include: REAL_TIME,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          fileParallelism: false,
          // A shared machine that stands still for a second is no fault; what fails twice is.
          retry: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
