#!/usr/bin/env node
import { EXIT_FAILURE, failureLine } from './command-failure.ts';
import { runCommandLine } from './command-line.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted.abort(signal);
  });
}
// The command ends in order, and not by process.exit(): a process that exits while its networks run is aborted.
let outputFailure: NodeJS.ErrnoException | undefined;
process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
  outputFailure ??= thrown;
  interrupted.abort(thrown);
});

const exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  signal: interrupted.signal,
});
process.exitCode = outputFailure === undefined ? exitCode : exitCodeWithout(outputFailure);

/** Whoever reads our output may stop reading (`| head`): nothing is wrong, and there is nothing left to do. */
function exitCodeWithout(failure: NodeJS.ErrnoException): number {
  if (failure.code === 'EPIPE') return 0;
  process.stderr.write(`${failureLine(new Error(`Cannot write to standard output: ${failure.message}.`))}\n`);
  return EXIT_FAILURE;
}
