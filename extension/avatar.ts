import { isEnvelope, type Envelope, type Reply, type Request } from './messages.ts';

const PICTURE_WITHIN_MS = 15_000;
let requests = 0;

/** Asks the worker, through the bridge. @throws DOMException `NotReadableError` with what went wrong. */
function ask(content: Request): Promise<Exclude<Reply, { type: 'failure' }>> {
  const number = ++requests;
  return new Promise((resolve, reject) => {
    const hear = ({ data, source }: MessageEvent<unknown>): void => {
      if (source !== window || !isEnvelope<Reply>(data, 'reply') || data.number !== number) return;
      removeEventListener('message', hear);
      if (data.content.type === 'failure') reject(new DOMException(data.content.message, 'NotReadableError'));
      else resolve(data.content);
    };
    addEventListener('message', hear);
    postMessage({ visavis: 'request', number, content } satisfies Envelope<Request>, location.origin);
  });
}

/** An avatar that follows this computer's microphone: one connection sends the voice, another receives picture and sound. */
export class Avatar {
  readonly video: MediaStreamTrack;
  readonly audio: MediaStreamTrack;
  readonly #close: () => void;

  private constructor(video: MediaStreamTrack, audio: MediaStreamTrack, close: () => void) {
    this.video = video;
    this.audio = audio;
    this.#close = close;
  }

  /** @param microphone - owned by the avatar from now on. @throws DOMException `NotReadableError`. */
  static async open(microphone: MediaStream): Promise<Avatar> {
    const connections: RTCPeerConnection[] = [];
    const names: string[] = [];
    const close = (): void => {
      for (const connection of connections) connection.close();
      for (const track of microphone.getTracks()) track.stop();
      // If this fails, the server notices a little later that the connection is gone.
      for (const connection of names.splice(0)) void ask({ type: 'end', connection }).catch(() => undefined);
    };
    addEventListener('pagehide', close, { once: true });
    const connect = async (prepare: (made: RTCPeerConnection) => void, request: (sdp: string) => Request) => {
      const made = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      connections.push(made);
      prepare(made);
      await made.setLocalDescription();
      const reply = await ask(request(made.localDescription?.sdp ?? ''));
      if (reply.type !== 'answer') throw new DOMException('There was no answer', 'NotReadableError');
      names.push(reply.connection);
      await made.setRemoteDescription({ type: 'answer', sdp: reply.sdp });
      return reply.connection;
    };
    try {
      const voice = await connect(
        (made) => {
          for (const track of microphone.getAudioTracks()) made.addTransceiver(track, { direction: 'sendonly' });
        },
        (sdp) => ({ type: 'publish', sdp }),
      );
      const tracks: MediaStreamTrack[] = [];
      await connect(
        (made) => {
          for (const kind of ['audio', 'video']) made.addTransceiver(kind, { direction: 'recvonly' });
          made.addEventListener('track', ({ track }) => tracks.push(track));
        },
        (sdp) => ({ type: 'watch', connection: voice, sdp }),
      );
      const [video, audio] = ['video', 'audio'].map((kind) => tracks.find((track) => track.kind === kind));
      if (video === undefined || audio === undefined) {
        throw new DOMException('The server sent no picture', 'NotReadableError');
      }
      await firstPacket(video);
      return new Avatar(video, audio, close);
    } catch (thrown) {
      close();
      throw thrown;
    }
  }

  close(): void {
    this.#close();
  }
}

/** Resolves when the first packet has arrived: until then a track is muted. */
function firstPacket(track: MediaStreamTrack): Promise<void> {
  if (!track.muted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new DOMException('No picture came from the server', 'NotReadableError'));
    }, PICTURE_WITHIN_MS);
    track.addEventListener(
      'unmute',
      () => {
        clearTimeout(late);
        resolve();
      },
      { once: true },
    );
  });
}
