/** Where a call stands. */
export type CallState =
  | { readonly type: 'idle' }
  | { readonly type: 'connecting' }
  /** The host of the room is asked. */
  | { readonly type: 'lobby' }
  /** @property relay - whether the media goes through a TURN server. */
  | { readonly type: 'live'; readonly relay: boolean }
  | { readonly type: 'reconnecting' }
  /** All places are taken; it is tried again by itself. */
  | { readonly type: 'full'; readonly retryInS: number }
  /** @property code - one of `SIGNALING_ERRORS`, or newer. */
  | { readonly type: 'ended'; readonly code: string; readonly message: string };

/** A call that could not begin, or ended before it was live. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /** One of `SIGNALING_ERRORS`, or newer. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
