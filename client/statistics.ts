import type { Place, StatisticsEntry, StatisticsReport } from './media-link.ts';

/** How well one avatar arrives, measured since the figures were read last. */
export interface AvatarFigures {
  readonly framesPerSecond: number | undefined;
  readonly bitrateBps: number | undefined;
  /** Share of packets lost, 0..1. */
  readonly loss: number | undefined;
  /** What the browser holds back to play smoothly. */
  readonly bufferMs: number | undefined;
  /** Sound against picture: positive when the picture is late. */
  readonly lipSyncMs: number | undefined;
  readonly freezes: number | undefined;
  readonly size: string | undefined;
}

interface Counters {
  readonly atMs: number;
  readonly bytes: number;
  readonly received: number;
  readonly lost: number;
  readonly bufferDelayS: number;
  readonly bufferCount: number;
}

/** Reads a connection's report again and again, and tells what changed. */
export class Statistics {
  readonly #before = new Map<string, Counters>();

  /** @returns milliseconds to the server and back, over the path that is in use. */
  roundTripMs(report: StatisticsReport): number | undefined {
    for (const entry of report.values()) {
      if (entry['type'] === 'candidate-pair' && entry['nominated'] === true) {
        const seconds = number(entry['currentRoundTripTime']);
        if (seconds !== undefined) return seconds * 1000;
      }
    }
    return undefined;
  }

  figures(report: StatisticsReport, place: Place): AvatarFigures {
    const incoming = [...report.values()].filter((entry) => entry['type'] === 'inbound-rtp');
    const video = incoming.find((entry) => entry['mid'] === place.videoMid);
    const audio = incoming.find((entry) => entry['mid'] === place.audioMid);
    if (video === undefined) return NOTHING;
    const now: Counters = {
      atMs: number(video['timestamp']) ?? 0,
      bytes: number(video['bytesReceived']) ?? 0,
      received: number(video['packetsReceived']) ?? 0,
      lost: number(video['packetsLost']) ?? 0,
      bufferDelayS: number(video['jitterBufferDelay']) ?? 0,
      bufferCount: number(video['jitterBufferEmittedCount']) ?? 0,
    };
    const before = this.#before.get(place.videoMid);
    this.#before.set(place.videoMid, now);
    const width = number(video['frameWidth']);
    const height = number(video['frameHeight']);
    return {
      ...(before === undefined ? NOTHING : change(before, now)),
      framesPerSecond: number(video['framesPerSecond']),
      lipSyncMs: lipSync(audio, video),
      freezes: number(video['freezeCount']),
      size: width === undefined || height === undefined ? undefined : `${width}×${height}`,
    };
  }
}

/** @returns whether the chosen path goes through a TURN server; `undefined` while the report names no chosen path. */
export function usesRelay(report: StatisticsReport): boolean | undefined {
  let isChosen = false;
  for (const entry of report.values()) {
    if (entry['type'] !== 'candidate-pair' || entry['nominated'] !== true || entry['state'] !== 'succeeded') continue;
    isChosen = true;
    const local = report.get(String(entry['localCandidateId']));
    if (local?.['candidateType'] === 'relay') return true;
  }
  return isChosen ? false : undefined;
}

const NOTHING: AvatarFigures = {
  framesPerSecond: undefined,
  bitrateBps: undefined,
  loss: undefined,
  bufferMs: undefined,
  lipSyncMs: undefined,
  freezes: undefined,
  size: undefined,
};

function change(before: Counters, now: Counters): AvatarFigures {
  const seconds = (now.atMs - before.atMs) / 1000;
  const packets = now.received - before.received + (now.lost - before.lost);
  const frames = now.bufferCount - before.bufferCount;
  return {
    ...NOTHING,
    bitrateBps: seconds > 0 ? ((now.bytes - before.bytes) * 8) / seconds : undefined,
    loss: packets > 0 ? Math.max(0, now.lost - before.lost) / packets : undefined,
    bufferMs: frames > 0 ? ((now.bufferDelayS - before.bufferDelayS) / frames) * 1000 : undefined,
  };
}

/** Both streams say what moment of the speaker they are playing now: the difference is the error. */
function lipSync(audio: StatisticsEntry | undefined, video: StatisticsEntry): number | undefined {
  const heard = number(audio?.['estimatedPlayoutTimestamp']);
  const seen = number(video['estimatedPlayoutTimestamp']);
  return heard === undefined || seen === undefined ? undefined : heard - seen;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
