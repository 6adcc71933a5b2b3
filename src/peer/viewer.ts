import type { ToClient } from '../../protocol/channel.ts';
import type { Closable } from '../base/lifecycle.ts';
import type { EncodedFrame } from '../base/media.ts';
import { advance, type MediaTimeUs, type MonotonicUs } from '../base/timeline.ts';
import type { SoundPacket } from '../media/audio/sound-track.ts';
import type { MediaClock } from '../media/sync/media-clock.ts';
import type { Connection, Slot } from './rtc/connection.ts';
import type { NtpClock } from './rtc/ntp.ts';

/** What a viewer shows in one of its places. */
export interface Source {
  readonly participantId: string;
  readonly clock: MediaClock;
  /** Newest picture, and whether a viewer could begin with it. */
  readonly latest: { readonly payloads: readonly Uint8Array[]; readonly frame: EncodedFrame } | undefined;
  requestKeyframe(): void;
}

interface Place {
  readonly slot: Slot;
  source: Source | undefined;
  /** Nothing is shown before a picture that stands alone. */
  started: boolean;
  sentUs: MonotonicUs | undefined;
}

/** Sync is found within the first second, and kept: five reports at 200 ms, then one a second. */
const FIRST_REPORTS = 5;
const FIRST_INTERVAL_MS = 200;
const INTERVAL_MS = 1000;
/**
 * Browsers let sound and picture differ by 30 ms before they mend it (libwebrtc, `stream_synchronization.cc`). Whoever
 * follows lips is told that the sound belongs to a picture so much later: then it is never heard before it is seen.
 */
const LIPS_FIRST_US = 45_000;

/** One page's screen: which avatar is in which place, and the streams that carry them. */
export class Viewer implements Closable {
  readonly participantId: string;
  readonly #connection: Connection;
  readonly #ntp: NtpClock;
  readonly #now: () => MonotonicUs;
  readonly #places: Place[];
  #reports = 0;
  #soundLagUs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(participantId: string, connection: Connection, ntp: NtpClock, now: () => MonotonicUs) {
    this.participantId = participantId;
    this.#connection = connection;
    this.#ntp = ntp;
    this.#now = now;
    this.#places = connection.slots.map((slot) => ({ slot, source: undefined, started: false, sentUs: undefined }));
  }

  /** The page is connected: shows what is there, at once. */
  start(): void {
    for (const place of this.#places) this.#begin(place);
    this.#reportSoon();
  }

  /**
   * Puts each source in a place of its own: the page's own avatar in the first, the others where they are already or
   * in the next that is free.
   */
  arrange(own: Source, others: readonly Source[]): void {
    const [first, ...rest] = this.#places;
    if (first !== undefined) this.#assign(first, own);
    for (const place of rest) {
      if (place.source !== undefined && !others.includes(place.source)) this.#assign(place, undefined);
    }
    for (const source of others) {
      if (rest.some((place) => place.source === source)) continue;
      const free = rest.find((place) => place.source === undefined);
      if (free !== undefined) this.#assign(free, source);
    }
  }

  /** Where the page finds a source: the `mid`s of its sections. */
  placeOf(source: Source): { readonly videoMid: string; readonly audioMid: string | undefined } | undefined {
    return this.#places.find((place) => place.source === source)?.slot;
  }

  sourceIn(slot: number): Source | undefined {
    return this.#places[slot]?.source;
  }

  /** Sources that are shown; the link's estimate is shared between them. */
  get sources(): readonly Source[] {
    return this.#places.flatMap(({ source }) => source ?? []);
  }

  showFrame(source: Source, frame: EncodedFrame, payloads: readonly Uint8Array[]): void {
    if (!this.#connection.connected) return;
    for (const place of this.#places) {
      if (place.source !== source) continue;
      if (!place.started && !frame.keyframe) continue;
      this.#send(place, source, frame.timeUs, payloads);
    }
  }

  /** @param copies - how often a source's pictures are sent to this page again before it asks, for what its link loses. */
  repeatUnasked(source: Source, copies: number): void {
    for (const place of this.#places) {
      if (place.source === source) place.slot.video.copiesUnasked = copies;
    }
  }

  /** @param includeOwn - whether the person hears their own voice: only where nobody else is there to hear it. */
  playSound(source: Source, packet: SoundPacket, includeOwn: boolean): void {
    if (!this.#connection.connected) return;
    if (source.participantId === this.participantId && !includeOwn) return;
    for (const { slot, source: shown } of this.#places) {
      if (shown !== source) continue;
      const whenUs = advance(source.clock.when(packet.startUs), this.#soundLagUs);
      slot.audio?.send([packet.data], packet.startUs, this.#ntp.at(whenUs), packet.sequence);
    }
  }

  /** Sound is never heard before the lips that make it are seen. */
  favourLips(active: boolean): void {
    this.#soundLagUs = active ? LIPS_FIRST_US : 0;
    if (this.#connection.connected) this.#reportSoon();
  }

  send(message: ToClient): void {
    this.#connection.data.send(message);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #assign(place: Place, source: Source | undefined): void {
    if (place.source === source) return;
    place.source = source;
    place.started = false;
    if (source === undefined) return;
    const now = this.#now();
    const gapUs = place.sentUs === undefined ? 0 : now - place.sentUs;
    const timeUs = source.clock.at(now);
    place.slot.video.changeSource(timeUs, gapUs);
    place.slot.audio?.changeSource(timeUs, gapUs);
    if (this.#connection.connected) {
      this.#begin(place);
      this.#reportSoon();
    }
  }

  #begin(place: Place): void {
    const { source } = place;
    if (source === undefined || place.started) return;
    const latest = source.latest;
    if (latest?.frame.keyframe === true) this.#send(place, source, latest.frame.timeUs, latest.payloads);
    else source.requestKeyframe();
  }

  #send(place: Place, source: Source, timeUs: MediaTimeUs, payloads: readonly Uint8Array[]): void {
    place.started = true;
    place.sentUs = this.#now();
    place.slot.video.send(payloads, timeUs, this.#ntp.at(source.clock.when(timeUs)));
  }

  #reportSoon(): void {
    this.#reports = 0;
    clearTimeout(this.#timer);
    this.#report();
  }

  #report(): void {
    const now = this.#now();
    const ntp = this.#ntp.at(now);
    const soundNtp = this.#ntp.at(advance(now, this.#soundLagUs));
    const reports = this.#places.flatMap(({ slot, source }) => {
      if (source === undefined) return [];
      const timeUs = source.clock.at(now);
      const name = `avatar-${source.participantId}`;
      return [...slot.video.report(timeUs, ntp, name), ...(slot.audio?.report(timeUs, soundNtp, name) ?? [])];
    });
    this.#connection.report(reports);
    const waitMs = this.#reports++ < FIRST_REPORTS ? FIRST_INTERVAL_MS : INTERVAL_MS;
    this.#timer = setTimeout(() => {
      this.#report();
    }, waitMs);
    this.#timer.unref();
  }
}
