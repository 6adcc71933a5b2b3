/** A kind of sound file: its name for people, and for ffmpeg, which is told what to expect so that it never guesses. */
export interface AudioFormat {
  readonly name: string;
  readonly demuxer: string;
  /** Whether the index may lie at the end, so that it cannot be read from a pipe. */
  readonly seeks: boolean;
}

/** Bytes that `audioFormatOf` wants to see, where the file has them. */
export const AUDIO_HEAD_BYTES = 16;

/** Those that people have, for messages. */
export const AUDIO_FORMAT_NAMES = 'WAV, FLAC, MP3, Ogg, WebM, MP4/M4A, AAC or AIFF';

interface Signature {
  readonly format: AudioFormat;
  matches(head: Uint8Array): boolean;
}

const SIGNATURES: readonly Signature[] = [
  signature('WAV', 'wav', (head) => ['RIFF', 'RF64', 'BW64'].includes(at(head, 0)) && at(head, 8) === 'WAVE'),
  signature('FLAC', 'flac', (head) => at(head, 0) === 'fLaC'),
  signature('Ogg', 'ogg', (head) => at(head, 0) === 'OggS'),
  signature('WebM', 'matroska', (head) => at(head, 0) === '\x1A\x45\xDF\xA3'),
  signature('MP4', 'mov', (head) => at(head, 4) === 'ftyp', true),
  signature('AIFF', 'aiff', (head) => at(head, 0) === 'FORM' && ['AIFF', 'AIFC'].includes(at(head, 8))),
  signature('AVI', 'avi', (head) => at(head, 0) === 'RIFF' && at(head, 8) === 'AVI '),
  signature('MPEG', 'mpeg', (head) => at(head, 0) === '\x00\x00\x01\xBA'),
  signature('MP3', 'mp3', (head) => at(head, 0).startsWith('ID3') || (isSync(head) && layerOf(head) !== 0)),
  // ADTS is the same sync word with layer 0 (ISO/IEC 13818-7, 6.2).
  signature('AAC', 'aac', (head) => isSync(head) && (head[1]! & 0xf0) === 0xf0 && layerOf(head) === 0),
];

/** @returns what kind of sound file begins with `head`, or nothing when it is none that is known. */
export function audioFormatOf(head: Uint8Array): AudioFormat | undefined {
  return SIGNATURES.find((each) => each.matches(head))?.format;
}

function signature(name: string, demuxer: string, matches: Signature['matches'], seeks = false): Signature {
  return { format: { name, demuxer, seeks }, matches };
}

function at(head: Uint8Array, offset: number): string {
  return String.fromCharCode(...head.subarray(offset, offset + 4));
}

function isSync(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0xff && (head[1]! & 0xe0) === 0xe0;
}

function layerOf(head: Uint8Array): number {
  return (head[1]! >> 1) & 3;
}
