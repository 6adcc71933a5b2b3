import { assert } from '../../base/errors.ts';
import { systemClock } from '../../base/clock.ts';
import { OnnxMotionEngine } from '../model/motion-engine.ts';
import type { InferenceReply, InferenceRequest } from './inference-protocol.ts';
import type { Answer } from './protocol.ts';
import { serve } from './serve.ts';

let engine: OnnxMotionEngine | undefined;

serve(async (request: InferenceRequest): Promise<Answer<InferenceReply>> => {
  switch (request.type) {
    case 'open':
      assert(engine === undefined, 'a worker opens one bundle');
      engine = await OnnxMotionEngine.open(request);
      return { reply: { type: 'opened', manifest: engine.manifest } };
    case 'run': {
      assert(engine !== undefined, 'a worker opens before it runs');
      const startUs = systemClock.now();
      const results = await engine.run(request.jobs);
      const computeUs = systemClock.now() - startUs;
      return { reply: { type: 'ran', results, computeUs }, transfer: results.map(({ buffer }) => buffer) };
    }
    default:
      return request satisfies never;
  }
});
