import type { RTCDataChannel } from 'werift';
import { CONTROL_LABEL, MAX_CHANNEL_MESSAGE_BYTES, TEXT_PROTOCOL } from '../../../protocol/channel-names.ts';
import type { MonotonicUs } from '../../base/timeline.ts';
import { TokenBucket } from '../../base/token-bucket.ts';

/** A slider that is dragged sends 60 a second. */
const MESSAGES_PER_SECOND = 120;
const BURST = 240;
/** Past this many too many, it is no slider. */
const FLOOD = 1000;
/** What a page that does not read makes us hold. */
const MAX_BUFFERED_BYTES = 1_000_000;

export interface DataChannelEvents {
  /** JSON that is an object; what it means is not checked. */
  onMessage(message: object): void;
  onText(text: string): void;
  onOpen(): void;
  /** The page broke the rules so far that the connection should end. */
  onAbuse(reason: string): void;
}

export interface DataCounts {
  readonly messages: number;
  readonly malformed: number;
  readonly refused: number;
}

/** The page's data channels: JSON in and out, and real-time text. Limits are kept here; meaning is for others. */
export class DataChannels {
  readonly #events: DataChannelEvents;
  readonly #now: () => MonotonicUs;
  readonly #own: <T>(action: () => T) => T;
  #control: RTCDataChannel | undefined;
  readonly #rate = new TokenBucket(MESSAGES_PER_SECOND, BURST);
  #counts = { messages: 0, malformed: 0, refused: 0 };

  /** @param own - runs what the library does when we send, as belonging to this connection. */
  constructor(events: DataChannelEvents, now: () => MonotonicUs, own: <T>(action: () => T) => T) {
    this.#events = events;
    this.#now = now;
    this.#own = own;
  }

  get counts(): DataCounts {
    return { ...this.#counts };
  }

  accept(channel: RTCDataChannel): void {
    if (channel.protocol === TEXT_PROTOCOL) {
      channel.onMessage.subscribe((bytes) => {
        const text = this.#admit(bytes) ? bytes.toString('utf8') : '';
        if (text !== '') this.#events.onText(text);
      });
    } else if (channel.label === CONTROL_LABEL) {
      this.#control = channel;
      channel.onMessage.subscribe((bytes) => {
        if (this.#admit(bytes)) this.#read(bytes);
      });
      if (channel.readyState === 'open') this.#events.onOpen();
      else
        channel.stateChange.subscribe((state) => {
          if (state === 'open') this.#events.onOpen();
        });
    }
  }

  /** @returns whether it went out; not before the page has opened its channel, nor while it does not read. */
  send(message: object): boolean {
    const channel = this.#control;
    if (channel?.readyState !== 'open' || channel.bufferedAmount > MAX_BUFFERED_BYTES) return false;
    try {
      this.#own(() => {
        channel.send(JSON.stringify(message));
      });
      return true;
    } catch {
      // Between our look at its state and now the association closed.
      return false;
    }
  }

  #admit(bytes: string | Buffer): boolean {
    if (Buffer.byteLength(bytes) > MAX_CHANNEL_MESSAGE_BYTES) {
      this.#events.onAbuse(
        `a message of ${Buffer.byteLength(bytes)} bytes, at most ${MAX_CHANNEL_MESSAGE_BYTES} are taken`,
      );
      return false;
    }
    if (this.#rate.take(this.#now())) {
      this.#counts.messages++;
      return true;
    }
    this.#counts.refused++;
    if (this.#counts.refused === FLOOD) this.#events.onAbuse('a flood of messages');
    return false;
  }

  #read(bytes: string | Buffer): void {
    try {
      const message: unknown = JSON.parse(bytes.toString('utf8'));
      if (typeof message === 'object' && message !== null) this.#events.onMessage(message);
      else this.#counts.malformed++;
    } catch {
      this.#counts.malformed++;
    }
  }
}
