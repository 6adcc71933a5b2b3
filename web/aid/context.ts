import type { ControlMessage } from '../../src/media/control/control-message.ts';

/** What the communication aid needs of the page that it is mounted in. */
export interface AidContext {
  /** What captions lie over and lip clarity crops: holds the videos, is positioned. */
  readonly stage: HTMLElement;
  /** Sends JSON on the data channel `visavis`. @returns whether it was open. */
  send(message: object | ControlMessage): boolean;
  /** Calls `listener` with every JSON object from the data channel `visavis`. @returns a function that ends it. */
  onMessage(listener: (message: object) => void): () => void;
  /** Calls `listener` at once and whenever the call begins to be live or stops being so. @returns a function that ends it. */
  onLive(listener: (live: boolean) => void): () => void;
  /**
   * Opens a data channel on the current connection; the page need not offer again as it has one already.
   * @returns `undefined` outside a call.
   */
  openChannel(label: string, protocol: string): RTCDataChannel | undefined;
}
