import { EncodedPacketSink, FilePathSource, Input, MP4, QTFF, type InputTrack } from 'mediabunny';
import { FilmDigest } from './film-digest.ts';
import { readWebm, type FilmFacts } from './webm-reader.ts';

/** Larger tags are nobody's statement. */
const MAX_TEXT_CHARACTERS = 65_536;

/** @returns nothing when the file is no WebM, Matroska, MP4 or QuickTime film, or breaks off. */
export async function readFilm(path: string): Promise<FilmFacts | undefined> {
  // A film from a pipe has its tags at the end, where mediabunny does not look for them.
  const webm = readWebm(path);
  if (webm !== undefined) return webm;
  using input = new Input({ formats: [MP4, QTFF], source: new FilePathSource(path) });
  try {
    if (!(await input.canRead())) return undefined;
    const { raw = {} } = await input.getMetadataTags();
    const tags = new Map<string, string>();
    for (const [name, value] of Object.entries(raw)) {
      if (typeof value === 'string' && value.length <= MAX_TEXT_CHARACTERS) tags.set(name, value);
    }
    const film = new FilmDigest();
    for (const track of await input.getVideoTracks()) {
      for await (const data of packetsOf(track)) film.addPicture(data);
    }
    for (const track of await input.getAudioTracks()) {
      for await (const data of packetsOf(track)) film.addSound(data);
    }
    return { tags, contentSha256: film.digest() };
  } catch {
    // A file from outside may be damaged in any way; it then states nothing.
    return undefined;
  }
}

async function* packetsOf(track: InputTrack): AsyncGenerator<Uint8Array, void> {
  for await (const { data } of new EncodedPacketSink(track).packets()) yield data;
}
