import { afterAll, beforeAll } from 'vitest';
import { openBrowser, type TestBrowser } from './browser.ts';
import { startServer, type ServerProcess } from './server-process.ts';

export interface ServedBrowser {
  readonly server: ServerProcess;
  readonly chromium: TestBrowser;
}

/** Starts the program and a browser before the tests around it and ends both after them. @returns both, once they run. */
export function servedBrowser(): ServedBrowser {
  const both = {} as { server: ServerProcess; chromium: TestBrowser };
  beforeAll(async () => {
    [both.server, both.chromium] = await Promise.all([startServer(), openBrowser()]);
  }, 180_000);
  afterAll(async () => {
    await both.chromium[Symbol.asyncDispose]();
    await both.server[Symbol.asyncDispose]();
  });
  return both;
}
