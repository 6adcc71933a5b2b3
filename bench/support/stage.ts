import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { seededRandom } from '../../src/base/random.ts';
import { OPUS_FRAME_SAMPLES, OPUS_RATE_HZ, OpusEncoder } from '../../src/native/codec/opus-encoder.ts';
import { EnrolClient } from '../../src/native/worker/enrol-client.ts';
import { InferenceWorker } from '../../src/native/worker/inference-worker.ts';
import { RenderPool } from '../../src/native/worker/render-pool.ts';

/** What a call is made of, as the server opens it. */
export interface Stage {
  readonly engine: InferenceWorker;
  readonly renderers: RenderPool;
  readonly avatar: Uint8Array;
  close(): Promise<void>;
}

export async function openStage(threads: number): Promise<Stage> {
  const engine = await InferenceWorker.open({ folder: resolve('models/visavis-motion-1'), precision: 'int8' });
  const renderers = RenderPool.open({ threads });
  const avatar = await enrolledAvatar();
  const close = async (): Promise<void> => {
    await renderers.close();
    await engine.close();
  };
  return { engine, renderers, avatar, close };
}

/** The portrait that comes with the program, enrolled once. */
async function enrolledAvatar(): Promise<Uint8Array> {
  const enroller = new EnrolClient();
  const path = resolve(`build/bench/astronaut-${enroller.version}.avatar`);
  try {
    return shared(await readFile(path));
  } catch {
    const image = await readFile(resolve('models/portraits/astronaut.png'));
    const consent = { text: 'NASA portrait, public domain', time: '2026-01-01T00:00:00.000Z', scope: 'evaluation' };
    const { avatar } = await enroller.enrol(image, consent);
    await mkdir(resolve('build/bench'), { recursive: true });
    await writeFile(path, avatar);
    return shared(avatar);
  } finally {
    await enroller.close();
  }
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** @returns 20 ms packets of something like speech: a buzz with syllables and pauses between phrases. */
export async function speechPackets(seconds: number): Promise<Uint8Array[]> {
  const encoder = await OpusEncoder.open();
  const random = seededRandom(5);
  const packets = Array.from({ length: seconds * 50 }, (_, packet) => {
    const samples = Float32Array.from({ length: OPUS_FRAME_SAMPLES }, (__, index) => {
      const t = (packet * OPUS_FRAME_SAMPLES + index) / OPUS_RATE_HZ;
      const phrase = t % 4 < 3 ? 1 : 0;
      const syllable = Math.max(0, Math.sin(2 * Math.PI * 4 * t));
      return phrase * syllable * (0.2 * Math.sin(2 * Math.PI * 140 * t) + 0.05 * random.normal());
    });
    return encoder.encode(samples);
  });
  encoder.close();
  return packets;
}

/** @returns the value below which the share `q` of `valuesUs` lies, in milliseconds to a tenth. */
export function quantileMs(valuesUs: readonly number[], q: number): number {
  const sorted = valuesUs.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN) / 100) / 10;
}
