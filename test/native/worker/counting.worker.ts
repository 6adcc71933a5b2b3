import { AvatarError } from '../../../src/base/errors.ts';
import { serve } from '../../../src/native/worker/serve.ts';

/** What a worker may do, well or badly. */
export type CountingRequest =
  | { readonly type: 'double'; readonly numbers: Float32Array<ArrayBuffer> }
  | { readonly type: 'fail'; readonly code: 'CODEC_FAILED' | undefined }
  | { readonly type: 'sleep' }
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
    case 'die':
      setImmediate(() => {
        throw new Error('out of a callback');
      });
      return new Promise<never>(() => undefined);
  }
});
