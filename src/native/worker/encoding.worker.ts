import { assert } from '../../base/errors.ts';
import { systemClock } from '../../base/clock.ts';
import { Vp8Encoder } from '../codec/vp8/vp8-encoder.ts';
import type { EncodingReply, EncodingRequest } from './film-protocol.ts';
import type { Answer } from './protocol.ts';
import { serve } from './serve.ts';

let encoder: Vp8Encoder | undefined;

serve((request: EncodingRequest): Answer<EncodingReply> => {
  switch (request.type) {
    case 'open':
      assert(encoder === undefined, 'a worker opens one encoder');
      encoder = Vp8Encoder.open(request.encoder);
      return { reply: { type: 'opened' } };
    case 'encode': {
      assert(encoder !== undefined, 'a worker opens before it encodes');
      const { pixels, timeUs, keyframe } = request;
      const startUs = systemClock.now();
      const frame = encoder.encode(new Uint8Array(pixels), timeUs, keyframe);
      const encodeUs = systemClock.now() - startUs;
      const bytes = frame === undefined ? [] : [frame.data.buffer as ArrayBuffer];
      return { reply: { type: 'encoded', frame, pixels, encodeUs }, transfer: [pixels, ...bytes] };
    }
    default:
      return request satisfies never;
  }
});
