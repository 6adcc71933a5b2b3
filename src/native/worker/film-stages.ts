import type { Closable } from '../../base/lifecycle.ts';
import type { EncodedFrame, MotionFrame } from '../../base/media.ts';
import type { FaceDecoderOptions } from '../../media/face-codec.ts';
import type { DrawingReply, DrawingRequest, EncodingReply, EncodingRequest, PixelFormat } from './film-protocol.ts';
import { WorkerClient, workerEntry } from './worker-client.ts';

export interface FilmOptions {
  /** An `.avatar` file. */
  readonly avatar: Uint8Array;
  readonly decoder: FaceDecoderOptions;
  readonly framesPerSecond: number;
  readonly bitrateBps: number;
  /** Threads that draw; one more encodes. */
  readonly drawingThreads: number;
}

export interface FilmPicture {
  readonly frame: EncodedFrame;
  readonly drawUs: number;
  readonly encodeUs: number;
}

/** Pictures under way for each thread that draws: one is drawn, one waits, one is encoded. */
const PICTURES_PER_THREAD = 3;
/** Whoever seeks in a film waits for the pictures since the last of these. */
const KEYFRAME_INTERVAL_US = 4_000_000;

/** Draws and encodes a film as fast as the machine can: stages on threads of their own, pictures in order. */
export class FilmStages implements Closable {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly #drawing: readonly WorkerClient<DrawingRequest, DrawingReply>[];
  readonly #encoding: WorkerClient<EncodingRequest, EncodingReply>;
  readonly #free: ArrayBuffer[] = [];
  #turn = 0;
  #encoded: Promise<unknown> = Promise.resolve();
  #nextKeyframeUs = 0;

  private constructor(
    drawing: readonly WorkerClient<DrawingRequest, DrawingReply>[],
    encoding: WorkerClient<EncodingRequest, EncodingReply>,
    size: { readonly widthPx: number; readonly heightPx: number },
  ) {
    this.#drawing = drawing;
    this.#encoding = encoding;
    this.widthPx = size.widthPx;
    this.heightPx = size.heightPx;
  }

  /** @throws AvatarError what the codec says of the avatar, `CODEC_FAILED` or `WORKER_CRASHED`. */
  static async open(options: FilmOptions): Promise<FilmStages> {
    const { avatar, decoder, framesPerSecond, bitrateBps, drawingThreads } = options;
    const open = (name: string) => ({ entry: workerEntry(name, import.meta.url), name });
    const drawing = Array.from(
      { length: drawingThreads },
      () => new WorkerClient<DrawingRequest, DrawingReply>(open('drawing')),
    );
    const encoding = new WorkerClient<EncodingRequest, EncodingReply>(open('encoding'));
    try {
      const [size] = await Promise.all(
        drawing.map(async (client) => expectType(await client.request({ type: 'open', avatar, decoder }), 'opened')),
      );
      if (size === undefined) throw new Error('A film needs a thread that draws');
      const { widthPx, heightPx } = size;
      await encoding.request({ type: 'open', encoder: { widthPx, heightPx, framesPerSecond, bitrateBps } });
      return new FilmStages(drawing, encoding, size);
    } catch (thrown) {
      await Promise.all([...drawing, encoding].map((client) => client.close()));
      throw thrown;
    }
  }

  /** Pictures that may be under way at once. */
  get capacity(): number {
    return PICTURES_PER_THREAD * this.#drawing.length;
  }

  /** @returns the encoded picture; ask for the pictures in order, and for at most `capacity` at once. */
  async film({ motion, timeUs }: MotionFrame): Promise<FilmPicture> {
    const keyframe = timeUs >= this.#nextKeyframeUs;
    if (keyframe) this.#nextKeyframeUs = timeUs + KEYFRAME_INTERVAL_US;
    const drawn = this.#draw({ motion, timeUs }, 'i420', (this.widthPx * this.heightPx * 3) / 2);
    const encoded = this.#encoded.then(async () => {
      const { pixels, drawUs } = await drawn;
      return { drawUs, reply: this.#encoding.request({ type: 'encode', pixels, timeUs, keyframe }, [pixels]) };
    });
    // The next picture is handed over as soon as this one has been: the thread keeps their order.
    this.#encoded = encoded.catch(() => undefined);
    const { drawUs, reply } = await encoded;
    const { frame, pixels, encodeUs } = expectType(await reply, 'encoded');
    this.#free.push(pixels);
    if (frame === undefined) throw new Error('The encoder dropped a picture');
    return { frame, drawUs, encodeUs };
  }

  /** @returns one picture as interleaved RGBA, the caller's. */
  async picture(frame: MotionFrame): Promise<Uint8Array> {
    return new Uint8Array((await this.#draw(frame, 'rgba', this.widthPx * this.heightPx * 4)).pixels);
  }

  async close(reason?: string): Promise<void> {
    await Promise.all([...this.#drawing, this.#encoding].map((client) => client.close(reason)));
  }

  async #draw({ motion, timeUs }: MotionFrame, pixelFormat: PixelFormat, byteLength: number) {
    const client = this.#drawing[this.#turn++ % this.#drawing.length]!;
    const reused = pixelFormat === 'i420' ? this.#free.pop() : undefined;
    const pixels = reused ?? new ArrayBuffer(byteLength);
    return expectType(await client.request({ type: 'draw', motion, timeUs, pixelFormat, pixels }, [pixels]), 'drawn');
  }
}

function expectType<Reply extends { readonly type: string }, Type extends Reply['type']>(
  reply: Reply,
  type: Type,
): Extract<Reply, { readonly type: Type }> {
  if (reply.type !== type) throw new Error(`A worker answered ${reply.type}, not ${type}`);
  return reply as Extract<Reply, { readonly type: Type }>;
}
