import type { RTCDataChannel } from 'werift';
import { MAX_CHANNEL_MESSAGE_BYTES } from '../../../protocol/channel-names.ts';

/** A data channel that we open, whose messages are bytes. */
export interface MessageChannelOptions {
  /** Of the channel, which is reliable and in order. */
  readonly label: string;
  /** Of a second channel, neither reliable nor in order, that the other end waits for. Nothing is sent or read there. */
  readonly lossyLabel?: string;
  readonly onOpen: () => void;
  /** A whole message, at most `MAX_CHANNEL_MESSAGE_BYTES`; larger ones are dropped. */
  readonly onMessage: (bytes: Uint8Array) => void;
}

/** What the other end does not read is held up to here. */
const MAX_BUFFERED_BYTES = 1_000_000;

/** Whole binary messages to and from the other end of a call that we made. */
export class MessageChannel {
  readonly #channel: RTCDataChannel;
  readonly #own: <T>(action: () => T) => T;

  /** @param own - runs what the library does when we send, as belonging to this connection. */
  constructor(channel: RTCDataChannel, options: MessageChannelOptions, own: <T>(action: () => T) => T) {
    this.#channel = channel;
    this.#own = own;
    channel.onMessage.subscribe((message) => {
      const bytes = typeof message === 'string' ? Buffer.from(message) : message;
      if (bytes.length <= MAX_CHANNEL_MESSAGE_BYTES) options.onMessage(bytes);
    });
    channel.stateChange.subscribe((state) => {
      if (state === 'open') options.onOpen();
    });
  }

  /** @returns whether it went out; not before the channel is open, nor while the other end does not read. */
  send(bytes: Uint8Array): boolean {
    if (this.#channel.readyState !== 'open' || this.#channel.bufferedAmount > MAX_BUFFERED_BYTES) return false;
    try {
      this.#own(() => {
        this.#channel.send(Buffer.from(bytes));
      });
      return true;
    } catch {
      // Between our look at its state and now the association closed.
      return false;
    }
  }
}
