/**
 * How this thread and a worker talk. A worker's own file declares one union of requests on `type`; this file wraps it:
 * every request has an `id` and gets exactly one reply with that `id`.
 */

export interface WorkerRequest<Request> {
  readonly id: number;
  readonly request: Request;
}

export type WorkerReply<Reply> =
  { readonly id: number; readonly reply: Reply } | { readonly id: number; readonly failure: WorkerFailure };

/** Errors cross as data: a class does not survive the journey. `code` is absent for a bug. */
export interface WorkerFailure {
  readonly code?: string;
  readonly message: string;
}

/** What a dispatcher answers: the reply, and the buffers that go home with it. */
export interface Answer<Reply> {
  readonly reply: Reply;
  readonly transfer?: readonly ArrayBuffer[];
}

/** To a child process, which unlike a thread can be asked to stop what it is doing. */
export type ChildRequest<Request> = WorkerRequest<Request> | { readonly id: number; readonly abort: true };

/** From a child process: besides the reply it may say how far it has come with a request. */
export type ChildReply<Reply, Progress> = WorkerReply<Reply> | { readonly id: number; readonly progress: Progress };
