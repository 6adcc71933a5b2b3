import type { Page } from 'playwright-core';

/** What a page saw and heard of a remote avatar since it was last asked. */
export interface Sightings {
  readonly frames: number;
  /** Between one picture and the next. */
  readonly gapsMs: readonly number[];
  /** Each second: how much longer the picture on the screen took than the sound in the loudspeaker. */
  readonly syncMs: readonly number[];
  /** As the browser counts them. */
  readonly freezes: number;
  /** Sound that the browser made up. */
  readonly concealedShare: number;
  /** From the moment of the sender's clock to the screen, median. */
  readonly delayMs: number;
}

/**
 * Begins to watch. Pictures are timed by `requestVideoFrameCallback`: when each is to be on the screen, and its RTP
 * timestamp, which the statistics tie to the sender's clock; the sound's moment is in the statistics too.
 */
export async function observe(page: Page, selector: string): Promise<void> {
  await page.evaluate(`(async () => {
    const video = document.querySelector('${selector}');
    const report = async () => {
      const all = [...(await Promise.all(video.srcObject.getTracks().map((track) => receiverOf(track).getStats()))).flatMap((one) => [...one.values()])];
      const kind = (name) => all.find((entry) => entry.type === 'inbound-rtp' && entry.kind === name);
      return { audio: kind('audio'), video: kind('video') };
    };
    const receiverOf = (track) => watched.flatMap((connection) => connection.getReceivers()).find((one) => one.track.id === track.id);
    const state = (window.sightings = { frames: [], seconds: [], first: await report(), report });
    const see = () =>
      video.requestVideoFrameCallback((now, { rtpTimestamp, expectedDisplayTime }) => {
        state.frames.push([expectedDisplayTime, rtpTimestamp]);
        see();
      });
    see();
    setInterval(async () => {
      const { audio, video: picture } = await report();
      const nowMs = performance.timeOrigin + performance.now();
      state.seconds.push({ atMs: performance.now(), nowMs, heard: audio?.estimatedPlayoutTimestamp, seen: picture?.estimatedPlayoutTimestamp, takenMs: picture?.timestamp, heardMs: audio?.timestamp });
    }, 1000);
  })()`);
}

interface Second {
  readonly atMs: number;
  readonly heard?: number;
  readonly seen?: number;
  readonly takenMs: number;
  readonly heardMs: number;
}
interface Taken {
  readonly origin: number;
  readonly frames: readonly (readonly [displayedMs: number, rtpTimestamp: number])[];
  readonly seconds: readonly Second[];
  readonly freezes: number;
  readonly concealed: number;
  readonly samples: number;
}

const VIDEO_TICKS_PER_MS = 90;
/** From 1900, where NTP and Chromium's count begin, to 1970. */
const NTP_EPOCH_MS = 2_208_988_800_000;

export async function readSightings(page: Page): Promise<Sightings> {
  const taken = await page.evaluate<Taken>(`(async () => {
    const { frames, seconds, first, report } = sightings;
    const now = await report();
    sightings.first = now;
    return {
      origin: performance.timeOrigin,
      frames: frames.splice(0),
      seconds: seconds.splice(0),
      freezes: now.video.freezeCount - first.video.freezeCount,
      concealed: now.audio.concealedSamples - first.audio.concealedSamples,
      samples: now.audio.totalSamplesReceived - first.audio.totalSamplesReceived,
    };
  })()`);
  const { origin, frames, seconds } = taken;
  // The picture that was on the screen when the statistics named its moment.
  const offsets = seconds.flatMap(({ seen, takenMs }) => {
    const shown = frames.findLast(([displayedMs]) => displayedMs <= takenMs - origin);
    return seen === undefined || shown === undefined ? [] : [seen - NTP_EPOCH_MS - shown[1] / VIDEO_TICKS_PER_MS];
  });
  const offset = quantile(offsets, 0.5);
  const delays = frames.map(([displayedMs, ticks]) => displayedMs + origin - (offset + ticks / VIDEO_TICKS_PER_MS));
  const syncMs = seconds.flatMap(({ heard, heardMs, atMs }) => {
    const index = frames.findLastIndex(([displayedMs]) => displayedMs <= atMs);
    return heard === undefined || index < 0 ? [] : [delays[index]! - (heardMs - (heard - NTP_EPOCH_MS))];
  });
  return {
    frames: frames.length,
    gapsMs: frames.slice(1).map(([displayedMs], index) => displayedMs - frames[index]![0]),
    syncMs,
    freezes: taken.freezes,
    concealedShare: taken.concealed / Math.max(1, taken.samples),
    delayMs: quantile(delays, 0.5),
  };
}

/** @returns the value below which the share `q` of `all` lies. */
export function quantile(all: readonly number[], q: number): number {
  return all.toSorted((a, b) => a - b)[Math.floor(q * (all.length - 1))] ?? Number.NaN;
}
