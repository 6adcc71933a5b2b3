import { writeFileSync } from 'node:fs';
import { assert } from '../../base/errors.ts';
import type { ChildReply, ChildRequest } from './protocol.ts';
import { failureOf } from './serve.ts';

export interface ChildWork<Progress> {
  /** Aborts when the parent does not want the result any more. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export type ChildDispatch<Request, Reply, Progress> = (request: Request, work: ChildWork<Progress>) => Promise<Reply>;

/** The child process's end of a `ChildClient`: answers every request exactly once, and ends when its parent has gone. */
export function serveParent<Request, Reply, Progress>(dispatch: ChildDispatch<Request, Reply, Progress>): void {
  assert(process.send !== undefined, 'the entry of a child process is forked');
  const send = (message: ChildReply<Reply, Progress>): void => {
    // A parent that has gone is met by `disconnect`; until then each message to it fails, and would end this process with an error.
    if (process.connected) process.send?.(message, () => undefined);
  };
  const aborts = new Map<number, AbortController>();
  const answer = async (id: number, request: Request): Promise<void> => {
    const abort = new AbortController();
    aborts.set(id, abort);
    const onProgress = (progress: Progress): void => {
      send({ id, progress });
    };
    try {
      send({ id, reply: await dispatch(request, { signal: abort.signal, onProgress }) });
    } catch (thrown) {
      send({ id, failure: failureOf(thrown) });
    } finally {
      aborts.delete(id);
    }
  };
  process.on('message', (message: ChildRequest<Request>) => {
    if ('abort' in message) aborts.get(message.id)?.abort();
    else void answer(message.id, message.request);
  });
  // SIGKILL runs no destructors: native libraries abort the process when they are torn down during their work.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // A terminal and systemd send these to the whole group. The parent decides when its children end.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  preferAsVictim();
}

/** Where memory runs out, the kernel ends this process and not the one that holds the calls. */
function preferAsVictim(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '800');
  } catch {
    // Only Linux has it.
  }
}
