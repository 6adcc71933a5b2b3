import { assert } from '../../base/errors.ts';
import { systemClock } from '../../base/clock.ts';
import type { FaceDecoder } from '../../media/face-codec.ts';
import { marked } from '../../media/render/marked-decoder.ts';
import { MeshCodec } from '../raster/mesh-codec.ts';
import type { DrawingReply, DrawingRequest } from './film-protocol.ts';
import type { Answer } from './protocol.ts';
import { serve } from './serve.ts';

let decoder: FaceDecoder | undefined;

serve(async (request: DrawingRequest): Promise<Answer<DrawingReply>> => {
  switch (request.type) {
    case 'open': {
      assert(decoder === undefined, 'a worker opens one avatar');
      decoder = marked(await new MeshCodec().open(request.avatar, request.decoder), request.decoder.watermarkKey);
      const { widthPx, heightPx } = decoder;
      return { reply: { type: 'opened', widthPx, heightPx } };
    }
    case 'draw': {
      assert(decoder !== undefined, 'a worker opens before it draws');
      const { motion, timeUs, pixelFormat, pixels } = request;
      const startUs = systemClock.now();
      if (pixelFormat === 'i420') decoder.drawI420(motion, timeUs, new Uint8Array(pixels));
      else decoder.drawRgba(motion, timeUs, new Uint8Array(pixels));
      return { reply: { type: 'drawn', pixels, drawUs: systemClock.now() - startUs }, transfer: [pixels] };
    }
    default:
      return request satisfies never;
  }
});
