#!/usr/bin/env node
import { runCommandLine } from './command-line.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted.abort(signal);
  });
}
// Whoever reads our output may stop reading (`| head`): nothing is wrong, and there is nothing left to do.
process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
  process.exit(thrown.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  signal: interrupted.signal,
});
