import type { Scope } from '../../base/lifecycle.ts';
import { OnnxEncoder } from '../../native/model/motion-engine.ts';
import { InferenceWorker } from '../../native/worker/inference-worker.ts';
import type { AnimationOptions } from './animation.ts';

/** A bundle's networks as files are animated by them: the transformer on a thread of its own, the encoder on this one. */
export type MotionNetworks = Required<Pick<AnimationOptions, 'engine' | 'encoder'>>;

/** @param folder - of the bundle. @param scope - closes them. @throws AvatarError any `BUNDLE_…` code. */
export async function openMotionNetworks(folder: string, scope: Scope): Promise<MotionNetworks> {
  const engine = scope.own(await InferenceWorker.open({ folder, precision: 'int8', gatherMs: 0 }));
  const encoder = scope.own(await OnnxEncoder.open({ folder, precision: 'int8' }));
  return { engine, encoder };
}
