#!/usr/bin/env node
import { constants } from 'node:os';
import { messageOf } from '../../base/errors.ts';
import { EXIT_FAILURE, Interruption } from './command-failure.ts';
import { runCommandLine } from './command-line.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // The command undoes what is half done; the same signal again ends it at once.
  process.once(signal, () => {
    interrupted.abort(new Interruption(128 + constants.signals[signal]));
  });
}
// The command ends in order, and not by process.exit(): a process that exits while its networks run is aborted.
process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
  // A reader that stops reading (`| head`) has all it wants: nothing is wrong.
  const isDone = thrown.code === 'EPIPE';
  const reason = thrown.code === 'ENOSPC' ? 'the device is full' : messageOf(thrown);
  interrupted.abort(
    isDone ? new Interruption(0) : new Interruption(EXIT_FAILURE, `Cannot write standard output: ${reason}.`),
  );
});
// Nobody is left to be told.
process.stderr.on('error', () => undefined);

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  signal: interrupted.signal,
});
