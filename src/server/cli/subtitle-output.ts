import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { subtitleFile, subtitlesOf, type SpokenWord, type SubtitleFormat } from '../../media/sync/subtitles.ts';
import { OutputFile } from '../../native/codec/output-file.ts';
import { readInput } from './avatar-argument.ts';
import { UsageError } from './command-failure.ts';
import { STANDARD_STREAM } from './output-path.ts';

const TEXT_LIMIT_CHARACTERS = 1_000_000;

/**
 * @param argument - `-` for standard input.
 * @param file - whose text it is, instead of the argument.
 * @throws AvatarError `SPEECH_FAILED` for a text that cannot be read.
 */
export async function textOf(argument: string, file: string | undefined): Promise<string> {
  if (argument !== STANDARD_STREAM && file === undefined) return argument;
  try {
    const bytes = argument === STANDARD_STREAM ? await readInput(STANDARD_STREAM) : await readFile(file ?? '');
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.length > TEXT_LIMIT_CHARACTERS) throw new Error(`it has more than ${TEXT_LIMIT_CHARACTERS} characters`);
    return text;
  } catch (thrown) {
    const reason = (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : messageOf(thrown);
    throw new AvatarError('SPEECH_FAILED', `Cannot read the text in ${file ?? 'standard input'}: ${reason}.`, {
      cause: thrown,
    });
  }
}

/** @throws UsageError for a name that says no format. */
export function checkSubtitleName(path: string): void {
  subtitleFormatOf(path);
}

/** @throws UsageError, or AvatarError `OUTPUT_…`. */
export function writeSubtitles(path: string, words: readonly SpokenWord[], replace: boolean): void {
  const file = OutputFile.open(path, { replace });
  try {
    file.write(subtitleFile(subtitlesOf(words), subtitleFormatOf(path)));
    file.commit();
  } finally {
    file.close();
  }
}

function subtitleFormatOf(path: string): SubtitleFormat {
  const ending = extname(path).toLowerCase();
  if (ending === '.srt' || ending === '.vtt') return ending === '.srt' ? 'srt' : 'vtt';
  throw new UsageError(`--subtitles ${path}: give a name that ends in .srt or .vtt.`);
}
