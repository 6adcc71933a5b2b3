export interface WhepPlayerEvents {
  onStream(stream: MediaStream): void;
  /** `waiting`: it is tried again. `over`: it never will be, because the session has ended or the token is wrong. */
  onState(state: 'live' | 'waiting' | 'over'): void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** Answers that no retry changes. */
const FINAL = [401, 403, 404, 405, 415, 422];

/** Receives one WHEP stream, and connects again whenever it breaks. */
export class WhepPlayer {
  readonly #url: string;
  readonly #token: string;
  readonly #events: WhepPlayerEvents;
  #connection: RTCPeerConnection | undefined;
  #resource: string | undefined;
  #retryMs = FIRST_RETRY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(url: string, token: string, events: WhepPlayerEvents) {
    this.#url = url;
    this.#token = token;
    this.#events = events;
    addEventListener('pagehide', () => {
      this.close();
    });
    void this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  async #connect(): Promise<void> {
    const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.#connection = connection;
    const stream = new MediaStream();
    connection.addEventListener('track', ({ track }) => {
      stream.addTrack(track);
      if (track.kind === 'video') this.#events.onStream(stream);
    });
    connection.addEventListener('connectionstatechange', () => {
      if (connection !== this.#connection) return;
      if (connection.connectionState === 'connected') {
        this.#retryMs = FIRST_RETRY_MS;
        this.#events.onState('live');
      } else if (connection.connectionState === 'failed') this.#again();
    });
    for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
    try {
      await connection.setLocalDescription();
      // The server answers checks wherever they come from: nothing has to be gathered first.
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp', authorization: `Bearer ${this.#token}` },
        body: connection.localDescription?.sdp ?? '',
      });
      if (!response.ok) {
        if (FINAL.includes(response.status)) this.#end();
        else this.#again(Number(response.headers.get('retry-after') ?? 0) * 1000);
        return;
      }
      this.#resource = response.headers.get('location') ?? undefined;
      await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    } catch {
      // The network is away, or the connection was closed meanwhile.
      if (connection === this.#connection) this.#again();
    }
  }

  #again(afterMs = 0): void {
    this.#drop();
    if (this.#isClosed) return;
    this.#events.onState('waiting');
    const waitMs = Math.max(afterMs, this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, 2 * this.#retryMs);
    this.#timer = setTimeout(() => void this.#connect(), waitMs);
  }

  #end(): void {
    this.close();
    this.#events.onState('over');
  }

  #drop(): void {
    this.#connection?.close();
    this.#connection = undefined;
    const resource = this.#resource;
    this.#resource = undefined;
    // Best effort: without it the server notices a little later.
    if (resource !== undefined) fetch(resource, { method: 'DELETE', keepalive: true }).catch(() => undefined);
  }
}
