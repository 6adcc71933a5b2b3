import { assert } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { EncodedFrame } from '../../base/media.ts';
import type { MediaTimeUs } from '../../base/timeline.ts';
import type { FaceDecoderOptions } from '../../media/face-codec.ts';
import type { RenderReply, RenderRequest, RenderWorkerData } from './render-protocol.ts';
import type { Rank } from './turns.ts';
import { WorkerClient, workerEntry } from './worker-client.ts';

export interface RendererOptions {
  /** An `.avatar` file; shared when it lies in a `SharedArrayBuffer`, copied otherwise. */
  readonly avatar: Uint8Array;
  readonly decoder: FaceDecoderOptions;
  readonly bitrateBps: number;
  readonly framesPerSecond: number;
}

/** One session's renderer: draws a motion frame and encodes it. */
export interface Renderer extends Closable {
  /** One at a time is fastest; more are done in order. @throws AvatarError `CODEC_FAILED` or `WORKER_CRASHED`. */
  render(order: RenderOrder): Promise<Rendered>;
  close(): Promise<void>;
}

export interface RenderOrder {
  /** `[MOTION_DIMS]`, copied. */
  readonly motion: Float32Array;
  readonly timeUs: MediaTimeUs;
  readonly keyframe: boolean;
  /** Who goes first where pictures of several sessions wait; `established` unless given. */
  readonly rank?: Rank;
  readonly bitrateBps: number;
  readonly framesPerSecond: number;
}

export interface Rendered {
  /** `undefined` when the encoder dropped it. */
  readonly frame: EncodedFrame | undefined;
  readonly drawUs: number;
  readonly encodeUs: number;
}

type Thread = WorkerClient<RenderRequest, RenderReply>;

export interface RenderPoolOptions {
  /** At most one a core is of use. */
  readonly threads: number;
  /** A module that exports `openFaceCodec(): Promise<FaceCodec>`: another codec than the built-in one. */
  readonly codecUrl?: URL;
}

/** Threads that draw and encode, and the renderers that live on them. */
export class RenderPool implements Closable {
  readonly #threads: { client: Thread; renderers: number }[];
  readonly #options: RenderPoolOptions;
  #nextId = 0;
  #closed = false;

  private constructor(options: RenderPoolOptions) {
    this.#options = options;
    this.#threads = Array.from({ length: options.threads }, () => ({ client: this.#start(), renderers: 0 }));
  }

  static open(options: RenderPoolOptions): RenderPool {
    assert(options.threads >= 1, 'somebody has to draw');
    return new RenderPool(options);
  }

  /** Pictures that have been asked for and are not there yet. */
  get pending(): number {
    return this.#threads.reduce((sum, { client }) => sum + client.pending, 0);
  }

  get renderers(): number {
    return this.#threads.reduce((sum, { renderers }) => sum + renderers, 0);
  }

  /**
   * Opens a decoder and an encoder on the thread that has the fewest; a thread that died is replaced.
   * @throws AvatarError what the codec says of the avatar, or `WORKER_CRASHED`.
   */
  async open(options: RendererOptions): Promise<Renderer> {
    const thread = this.#threads.toSorted((a, b) => a.renderers - b.renderers)[0];
    assert(thread !== undefined, 'the pool has threads');
    if (!thread.client.alive && !this.#closed) Object.assign(thread, { client: this.#start(), renderers: 0 });
    const { client } = thread;
    const rendererId = this.#nextId++;
    thread.renderers++;
    const release = (): void => {
      if (thread.client === client) thread.renderers--;
    };
    try {
      await client.request({ type: 'open', rendererId, ...options });
    } catch (thrown) {
      release();
      throw thrown;
    }
    return new ThreadRenderer(client, rendererId, release);
  }

  /**
   * Draws a few pictures for nobody on every thread, one after the other, so that the next renderer of this avatar
   * begins at once.
   * @throws AvatarError as `open`.
   */
  async prepare(avatar: Uint8Array, decoder: FaceDecoderOptions): Promise<void> {
    for (const { client } of this.#threads) {
      if (client.alive) await client.request({ type: 'prepare', avatar, decoder });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map(({ client }) => client.close()));
  }

  #start(): Thread {
    const workerData: RenderWorkerData = { codecUrl: this.#options.codecUrl?.href };
    return new WorkerClient({ entry: workerEntry('render', import.meta.url), name: 'render', workerData });
  }
}

class ThreadRenderer implements Renderer {
  readonly #client: Thread;
  readonly #rendererId: number;
  readonly #release: () => void;
  #closed = false;

  constructor(client: Thread, rendererId: number, release: () => void) {
    this.#client = client;
    this.#rendererId = rendererId;
    this.#release = release;
  }

  async render(order: RenderOrder): Promise<Rendered> {
    const reply = await this.#client.request({
      type: 'render',
      rendererId: this.#rendererId,
      ...order,
      rank: order.rank ?? 'established',
    });
    assert(reply.type === 'rendered', 'a render request is answered with a picture');
    return reply;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    // A thread that is gone has freed everything already.
    if (this.#client.alive)
      await this.#client.request({ type: 'close', rendererId: this.#rendererId }).catch(() => undefined);
  }
}
