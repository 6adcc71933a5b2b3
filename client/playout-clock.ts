import type { Place, StatisticsReport } from './media-link.ts';

/** From 1900, where NTP begins, to 1970. */
const NTP_EPOCH_MS = 2_208_988_800_000;

/** @returns by how many ms the page's clock is ahead of the NTP time of what is played in a place, sound before picture. */
export function playoutOffsetMs(report: StatisticsReport, place: Place): number | undefined {
  for (const mid of [place.audioMid, place.videoMid]) {
    for (const entry of report.values()) {
      if (mid === undefined || entry['type'] !== 'inbound-rtp' || entry['mid'] !== mid) continue;
      const played = entry['estimatedPlayoutTimestamp'];
      const takenMs = entry['timestamp'];
      if (typeof played !== 'number' || typeof takenMs !== 'number' || played <= 0) continue;
      // Browsers differ about the year in which the count begins.
      const ntpMs = played < NTP_EPOCH_MS ? played + NTP_EPOCH_MS : played;
      return takenMs - performance.timeOrigin - ntpMs;
    }
  }
  return undefined;
}
