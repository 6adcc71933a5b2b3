import { SIGNALING_PATH } from '../../../signaling/upgrade-router.ts';
import { OpusDecoder } from '../../../src/native/codec/opus-decoder.ts';
import { OpusEncoder, OPUS_FRAME_SAMPLES, OPUS_RATE_HZ } from '../../../src/native/codec/opus-encoder.ts';
import type { Page } from '../visitor/page.ts';
import { Visitor } from '../visitor/visitor.ts';
import { openSession, openSpeaker, watch } from './watcher.ts';

/** From the end of a sound's first 20 ms, as it is sent, to the first packet of that sound that comes back; ms. */
export interface WayDelays {
  readonly microphone: readonly number[];
  /** A program that sends 20 ms every 20 ms, silence included. */
  readonly steadyPcm: readonly number[];
  /** A program that sends a whole turn at once, after silence in which it sends nothing. */
  readonly promptPcm: readonly number[];
}

const FRAME_MS = 20;
const QUIET_FRAMES = 75;
const LOUD_FRAMES = 20;
const LOUD_POWER = 1e-4;

/**
 * The way of a voice through the server: lips follow the sound, so what a way adds to the sound it adds to the lips.
 * @param bursts - sounds that are sent each way.
 */
export async function measureWays(url: string, bursts: number): Promise<WayDelays> {
  const decoder = await OpusDecoder.open();
  const encoder = await OpusEncoder.open();
  const tone = Float32Array.from({ length: OPUS_FRAME_SAMPLES }, (_, n) => 0.3 * Math.sin((2 * Math.PI * n) / 240));
  const silence = new Float32Array(OPUS_FRAME_SAMPLES);
  const pcm = (frame: Float32Array): Uint8Array =>
    new Uint8Array(Int16Array.from(frame, (value) => Math.round(value * 32_767)).buffer);

  const visitor = await Visitor.join(`${url.replace('http', 'ws')}${SIGNALING_PATH}`, {
    room: 'ways',
    portrait: 'astronaut',
  });
  let frames = 0;
  const microphone = await listen(visitor.page, decoder, bursts, (isLoud) => {
    visitor.page.speak(encoder.encode(isLoud ? tone : silence), frames++ * OPUS_FRAME_SAMPLES);
  });
  await visitor.leave();

  const session = await openSession(url, { sampleRateHz: OPUS_RATE_HZ });
  const speaker = await openSpeaker(session);
  const viewer = await watch(session);
  const steadyPcm = await listen(viewer, decoder, bursts, (isLoud) => {
    speaker.send(pcm(isLoud ? tone : silence));
  });
  // The turn ends by itself after a second of nothing.
  await new Promise((later) => setTimeout(later, 2000));
  const turn = Buffer.concat(Array.from({ length: LOUD_FRAMES }, () => pcm(tone)));
  let wasLoud = false;
  const promptPcm = await listen(viewer, decoder, bursts, (isLoud) => {
    if (isLoud && !wasLoud) {
      speaker.send(turn);
      speaker.send('{"type":"end"}');
    }
    wasLoud = isLoud;
  });
  speaker.close();
  await viewer.close();
  encoder.close();
  decoder.close();
  return { microphone, steadyPcm, promptPcm };
}

/** Sends quiet and loud frames in turns, and times how long after each first loud one the page hears it. */
async function listen(
  page: Page,
  decoder: OpusDecoder,
  bursts: number,
  send: (isLoud: boolean) => void,
): Promise<number[]> {
  const delays: number[] = [];
  const packets = page.audio[0] ?? [];
  const startMs = performance.now();
  let read = packets.length;
  let burstMs: number | undefined;
  for (let frame = 0; frame < bursts * (QUIET_FRAMES + LOUD_FRAMES) + QUIET_FRAMES; frame++) {
    const isLoud = frame % (QUIET_FRAMES + LOUD_FRAMES) >= QUIET_FRAMES;
    const isFirst = frame % (QUIET_FRAMES + LOUD_FRAMES) === QUIET_FRAMES;
    if (isFirst) burstMs = performance.now();
    send(isLoud);
    while (performance.now() < startMs + frame * FRAME_MS) {
      for (; read < packets.length; read++) {
        const packet = packets[read];
        const samples = packet === undefined ? undefined : decoder.decode(packet.payload);
        if (samples === undefined || power(samples) < LOUD_POWER || burstMs === undefined) continue;
        delays.push(performance.now() - burstMs);
        burstMs = undefined;
      }
      await new Promise((later) => setTimeout(later, 1));
    }
  }
  return delays;
}

function power(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
}
