/** What a call's page asks of the extension, through the bridge. The page never sees the server's address or token. */
export type Request =
  /** The microphone, for an avatar of its own. */
  | { readonly type: 'publish'; readonly sdp: string }
  /** The avatar's picture and sound. */
  | { readonly type: 'watch'; readonly connection: string; readonly sdp: string }
  | { readonly type: 'end'; readonly connection: string };

export type Reply =
  /** Later requests name the connection by `connection`. */
  { readonly type: 'answer'; readonly connection: string; readonly sdp: string } | Failure | { readonly type: 'ended' };

export interface Failure {
  readonly type: 'failure';
  /** One English sentence. */
  readonly message: string;
}

/** A message between the page's scripts and the bridge, which share one window but no variables. */
export interface Envelope<T> {
  readonly visavis: 'request' | 'reply';
  readonly number: number;
  readonly content: T;
}

export function isEnvelope<T>(data: unknown, direction: Envelope<T>['visavis']): data is Envelope<T> {
  return typeof data === 'object' && data !== null && 'visavis' in data && data.visavis === direction;
}

/** What the options page keeps. */
export interface Settings {
  /** Such as `https://visavis.example`. */
  readonly server: string;
  /** An invitation, where the server asks for one. */
  readonly token: string;
  /** The room of that invitation; where it is empty, every call takes a room of its own. */
  readonly room: string;
  /** Id of a portrait; the server's first where it is empty. */
  readonly portrait: string;
}

export const DEFAULT_SETTINGS: Settings = { server: 'http://127.0.0.1:8080', token: '', room: '', portrait: '' };
