import { AvatarError } from '../../../src/base/errors.ts';
import { serve } from '../../../src/native/worker/serve.ts';

/** What a worker may do, well or badly. */
export type CountingRequest =
  | { readonly type: 'double'; readonly numbers: Float32Array<ArrayBuffer> }
  | { readonly type: 'fail'; readonly code: 'CODEC_FAILED' | undefined }
  | { readonly type: 'sleep' }
  /** Sets `done[0]` when it has worked for a while, as a network does on threads of its library. */
  | { readonly type: 'work'; readonly done: Int32Array<SharedArrayBuffer> }
  | { readonly type: 'die' };

serve(async (request: CountingRequest) => {
  switch (request.type) {
    case 'double':
      request.numbers.forEach((number, index) => (request.numbers[index] = 2 * number));
      return { reply: request.numbers, transfer: [request.numbers.buffer] };
    case 'fail':
      throw request.code === undefined ? new Error('a bug') : new AvatarError(request.code, 'Cannot do it');
    case 'sleep':
      return new Promise<never>(() => undefined);
    case 'work':
      await new Promise((resolve) => setTimeout(resolve, 200));
      Atomics.store(request.done, 0, 1);
      return { reply: new Float32Array(1) };
    case 'die':
      setImmediate(() => {
        throw new Error('out of a callback');
      });
      return new Promise<never>(() => undefined);
  }
});
