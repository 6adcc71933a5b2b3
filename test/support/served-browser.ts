import { afterAll, afterEach, beforeAll } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startServer, type ServerProcess } from './server-process.ts';

export interface ServedBrowser {
  readonly server: ServerProcess;
  readonly chromium: TestBrowser;
}

/**
 * Starts the program and a browser before the tests around it and ends both after them.
 * @param environment - of the program, beside what all tests set.
 * @returns both, once they run.
 */
export function servedBrowser(environment: Record<string, string> = {}): ServedBrowser {
  const both = {} as { server: ServerProcess; chromium: TestBrowser };
  beforeAll(async () => {
    [both.server, both.chromium] = await Promise.all([startServer(environment), openBrowser()]);
  }, 180_000);
  // Also of a test that failed: its pages would go on calling beside the next one.
  afterEach(() => both.chromium.closePages());
  afterAll(async () => {
    await both.chromium[Symbol.asyncDispose]();
    await both.server[Symbol.asyncDispose]();
  });
  return both;
}
