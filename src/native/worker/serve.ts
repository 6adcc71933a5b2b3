import { parentPort } from 'node:worker_threads';
import { assert, AvatarError, messageOf } from '../../base/errors.ts';
import type { Answer, WorkerFailure, WorkerReply, WorkerRequest } from './protocol.ts';

export type Dispatch<Request, Reply> = (request: Request) => Promise<Answer<Reply>> | Answer<Reply>;

/**
 * The worker's end: answers every request exactly once, failures included. Requests are handed to `dispatch` as they
 * come; one that waits does not hold up the next.
 */
export function serve<Request, Reply>(dispatch: Dispatch<Request, Reply>): void {
  const port = parentPort;
  assert(port !== null, 'a worker entry runs in a worker');
  const answer = async ({ id, request }: WorkerRequest<Request>): Promise<void> => {
    try {
      const { reply, transfer = [] } = await dispatch(request);
      const message: WorkerReply<Reply> = { id, reply };
      port.postMessage(message, [...transfer]);
    } catch (thrown) {
      const message: WorkerReply<Reply> = { id, failure: failureOf(thrown) };
      port.postMessage(message);
    }
  };
  port.on('message', (message: WorkerRequest<Request>) => {
    void answer(message);
  });
}

/** @returns what was thrown, as it crosses to another thread or process. */
export function failureOf(thrown: unknown): WorkerFailure {
  const code = thrown instanceof AvatarError ? { code: thrown.code } : {};
  return { ...code, message: messageOf(thrown) };
}
