import { systemClock } from '../../../src/base/clock.ts';
import { AvatarError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { silentMeter } from '../../../src/base/meter.ts';
import type { MotionEngine } from '../../../src/native/model/motion-engine.ts';
import { readManifest } from '../../../src/native/model/bundle.ts';
import { OpusEncoder } from '../../../src/native/codec/opus-encoder.ts';
import { RenderPool } from '../../../src/native/worker/render-pool.ts';
import type { AvatarPeerOptions, PeerEvent } from '../../../src/peer/avatar-peer.ts';
import { LiveAvatarPeer } from '../../../src/peer/live-avatar-peer.ts';

/** An engine that knows no face: its motion is what the noise was, scaled to almost nothing. */
export async function stillEngine(): Promise<MotionEngine> {
  const folder = new URL('../../../models/visavis-motion-1', import.meta.url).pathname;
  const { motion: manifest } = await readManifest(folder);
  return {
    manifest,
    run: async (jobs) => {
      for (const job of jobs) job.token.fill(0);
      return [...jobs];
    },
    close: async () => undefined,
  };
}

/** A real peer with real connections, threads and encoder; only the face and the networks are stand-ins. */
export async function openPeer(options: Partial<AvatarPeerOptions> = {}) {
  const events: PeerEvent[] = [];
  const renderers = RenderPool.open({ threads: 1, codecUrl: new URL('./flat-codec.ts', import.meta.url) });
  const peer = await LiveAvatarPeer.open({
    motion: await stillEngine(),
    renderers,
    avatars: {
      load: async (portraitId) => {
        if (portraitId === 'nobody') throw new AvatarError('PORTRAIT_UNKNOWN', 'Cannot load nobody: no such portrait');
        return new Uint8Array(new SharedArrayBuffer(8));
      },
    },
    capacity: 8,
    rtc: { iceLite: true, hostAddresses: ['127.0.0.1'] },
    badge: true,
    clock: systemClock,
    logger: silentLogger,
    meter: silentMeter,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const close = async (): Promise<void> => {
    await peer.close();
    await renderers.close();
  };
  return { peer, renderers, events, close };
}

/** 20 ms packets of a buzz like a voiced sound, or of silence. */
export async function opusPackets(count: number, loudness = 0.3): Promise<Uint8Array[]> {
  const encoder = await OpusEncoder.open();
  const packets: Uint8Array[] = [];
  for (let packet = 0; packet < count; packet++) {
    const samples = Float32Array.from({ length: 960 }, (_, index) => {
      const t = (packet * 960 + index) / 48_000;
      return loudness * (Math.sin(2 * Math.PI * 140 * t) + 0.5 * Math.sin(2 * Math.PI * 700 * t));
    });
    packets.push(Uint8Array.from(encoder.encode(samples)));
  }
  encoder.close();
  return packets;
}
