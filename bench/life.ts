/**
 * How alive films of the face are at some settings: `node dist/bench/life.js [--seconds 15] [--keep FOLDER] PORTRAIT...
 * SOUND... [-- OPTIONS OF RENDER]` draws each portrait with the sound that stands at the same place (sounds go round), reads
 * the films back and prints their means beside people's. Constants of `src/media/motion` are fitted with it.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FaceMeasurer } from '../src/native/model/face-measure.ts';
import { trackFace } from '../src/server/evaluate/face-track.ts';
import { lifeFigures } from '../src/server/evaluate/life-figures.ts';
import { meanTable, type FilmFigures } from '../src/server/evaluate/life-table.ts';
import { performanceFigures } from '../src/server/evaluate/performance-figures.ts';

const COMMAND = resolve(import.meta.dirname, '../src/server/cli/main.js');
const PICTURES = ['.png', '.jpg', '.jpeg', '.webp', '.avif', '.avatar'];

const mark = process.argv.indexOf('--', 2);
const own = process.argv.slice(2, mark < 0 ? undefined : mark);
const passedOn = mark < 0 ? [] : process.argv.slice(mark + 1);
const { positionals, values } = parseArgs({
  args: own,
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '15' }, keep: { type: 'string' } },
});
const isPicture = (path: string): boolean => PICTURES.includes(extname(path).toLowerCase());
const portraits = positionals.filter(isPicture);
const sounds = positionals.filter((path) => !isPicture(path));
const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'visavis-life-')));
await mkdir(folder, { recursive: true });
const measurer = await FaceMeasurer.open();
const films: FilmFigures[] = [];
for (const [index, portrait] of portraits.entries()) {
  const sound = sounds[index % sounds.length];
  if (sound === undefined) throw new Error('Give sounds as well.');
  const wav = join(folder, `${index}.wav`);
  run('ffmpeg', ['-y', '-v', 'error', '-nostdin', '-i', sound, '-vn', '-ac', '1', '-t', values.seconds, wav]);
  const film = join(folder, `${index}-${basename(portrait, extname(portrait))}.webm`);
  const consent = isAvatar(portrait) ? [] : ['--consent', 'measured by the developers'];
  const seed = ['--seed', String(index + 1)];
  run(process.execPath, [COMMAND, 'render', portrait, wav, '--out', film, '-q', ...consent, ...seed, ...passedOn]);
  const track = await trackFace(film, measurer);
  films.push({ film, life: lifeFigures(track), performance: performanceFigures(track, undefined) });
}
await measurer.close();
if (values.keep === undefined) await rm(folder, { recursive: true });
console.log(meanTable(films));

function isAvatar(path: string): boolean {
  return extname(path) === '.avatar';
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
