import { workerData } from 'node:worker_threads';
import { assert } from '../../base/errors.ts';
import type { FaceCodec } from '../../media/face-codec.ts';
import { MeshCodec } from '../raster/mesh-codec.ts';
import { EncodingRenderer } from './encoding-renderer.ts';
import type { Answer } from './protocol.ts';
import type { RenderReply, RenderRequest, RenderWorkerData } from './render-protocol.ts';
import { serve } from './serve.ts';
import { Turns } from './turns.ts';

const { codecUrl } = workerData as RenderWorkerData;
const codec = openCodec();
// Told to whoever opens a renderer; without a listener it would end the thread before anybody asks.
codec.catch(() => undefined);

const renderers = new Map<number, EncodingRenderer>();
const turns = new Turns();
/** Their keys are negative, those of renderers are not. */
let preparations = 0;

serve(async (request: RenderRequest): Promise<Answer<RenderReply>> => {
  switch (request.type) {
    case 'open':
      renderers.set(
        request.rendererId,
        await EncodingRenderer.open(await codec, request, () => turns.take('newcomer', request.rendererId)),
      );
      return { reply: { type: 'opened' } };
    case 'render': {
      await turns.take(request.rank, request.rendererId);
      const renderer = renderers.get(request.rendererId);
      assert(renderer !== undefined, 'a renderer is opened before it renders');
      const { frame, drawUs, encodeUs } = renderer.render(request);
      const transfer = frame === undefined ? [] : [frame.data.buffer as ArrayBuffer];
      return { reply: { type: 'rendered', frame, drawUs, encodeUs }, transfer };
    }
    case 'close':
      renderers.get(request.rendererId)?.close();
      renderers.delete(request.rendererId);
      return { reply: { type: 'closed' } };
    case 'prepare':
      await prepare(request);
      return { reply: { type: 'prepared' } };
    default:
      return request satisfies never;
  }
});

async function openCodec(): Promise<FaceCodec> {
  if (codecUrl === undefined) return new MeshCodec();
  const module = (await import(codecUrl)) as { openFaceCodec(): Promise<FaceCodec> };
  return module.openFaceCodec();
}

async function prepare({ avatar, decoder }: Extract<RenderRequest, { type: 'prepare' }>): Promise<void> {
  const key = --preparations;
  await EncodingRenderer.prepare(await codec, avatar, decoder, () => turns.take('preparation', key));
}
