import { basename, extname } from 'node:path';
import type { Closable } from '../../base/lifecycle.ts';
import type { MotionFrame } from '../../base/media.ts';
import { audio2Face } from '../../media/motion/audio2face.ts';
import { glbFile } from '../../media/motion/gltf.ts';
import { gltfAnimation } from '../../media/motion/gltf-animation.ts';
import { LIVE_LINK_HEADER, liveLinkRow } from '../../media/motion/live-link.ts';
import { motionLine } from '../../media/motion/motion-lines.ts';
import { vrmAnimation, type VrmExpressionSet } from '../../media/motion/vrm-animation.ts';
import { OutputFile } from '../../native/codec/output-file.ts';
import { TextOutput } from './text-output.ts';

/** Kinds of motion file, by the endings of their names. */
export const MOTION_ENDINGS = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.gltf': 'gltf',
  '.glb': 'glb',
  '.vrma': 'vrma',
  '.json': 'audio2face',
} as const;

export type MotionFormat = (typeof MOTION_ENDINGS)[keyof typeof MOTION_ENDINGS];

export interface MotionWriterOptions {
  /** `-` is standard output, for CSV and JSON lines. */
  readonly path: string;
  readonly replace: boolean;
  readonly format: MotionFormat;
  readonly framesPerSecond: number;
  /** Name of the sound. */
  readonly sound: string;
  readonly expressions: VrmExpressionSet;
}

/** Motion on its way to a file, which appears when it is whole. */
export interface MotionWriter extends Closable {
  add(frame: MotionFrame): Promise<void>;
  commit(): Promise<void>;
}

/** @returns the format that a name asks for. */
export function motionFormatOf(path: string): MotionFormat | undefined {
  return (MOTION_ENDINGS as Readonly<Record<string, MotionFormat>>)[extname(path).toLowerCase()];
}

/** @throws AvatarError `OUTPUT_FAILED`. */
export function openMotionWriter(options: MotionWriterOptions): MotionWriter {
  const { format } = options;
  return format === 'csv' || format === 'jsonl' ? new LineWriter(options) : new WholeWriter(options);
}

/** One line a frame: memory does not grow with the length. */
class LineWriter implements MotionWriter {
  readonly #options: MotionWriterOptions;
  readonly #output: TextOutput;
  #written = 0;

  constructor(options: MotionWriterOptions) {
    this.#options = options;
    this.#output = TextOutput.open(options.path, options);
  }

  async add(frame: MotionFrame): Promise<void> {
    const { format, framesPerSecond } = this.#options;
    if (format === 'csv' && this.#written === 0) await this.#output.line(LIVE_LINK_HEADER);
    await this.#output.line(
      format === 'csv' ? liveLinkRow(frame.motion, this.#written, framesPerSecond) : motionLine(frame),
    );
    this.#written++;
  }

  commit(): Promise<void> {
    return this.#output.commit();
  }

  close(): void {
    this.#output.close();
  }
}

/** Formats that tell at their beginning how much there is: frames wait in memory, 20 MB for an hour at 25 a second. */
class WholeWriter implements MotionWriter {
  readonly #options: MotionWriterOptions;
  readonly #file: OutputFile;
  readonly #frames: MotionFrame[] = [];

  constructor(options: MotionWriterOptions) {
    this.#options = options;
    this.#file = OutputFile.open(options.path, options);
  }

  add(frame: MotionFrame): Promise<void> {
    this.#frames.push(frame);
    return Promise.resolve();
  }

  commit(): Promise<void> {
    this.#file.write(this.#whole());
    this.#file.commit();
    return Promise.resolve();
  }

  close(): void {
    this.#file.close();
  }

  #whole(): Uint8Array | string {
    const { format, framesPerSecond, sound, expressions } = this.#options;
    if (format === 'audio2face') return audio2Face(this.#frames, framesPerSecond, basename(sound));
    const { buffer, document } =
      format === 'vrma' ? vrmAnimation(this.#frames, expressions) : gltfAnimation(this.#frames);
    const bytes = buffer.bytes();
    if (format !== 'gltf') return glbFile(buffer.document(document), bytes);
    const uri = `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
    return `${JSON.stringify(buffer.document(document, uri))}\n`;
  }
}
