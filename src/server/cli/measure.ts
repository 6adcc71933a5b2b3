import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { AvatarError } from '../../base/errors.ts';
import { Scope } from '../../base/lifecycle.ts';
import { FaceMeasurer } from '../../native/model/face-measure.ts';
import { trackFace, type FaceTrack } from '../evaluate/face-track.ts';
import { compareFilms } from '../evaluate/film-comparison.ts';
import { lifeFigures, type LifeFigures } from '../evaluate/life-figures.ts';
import { meanTable, tableOfFilm, type FilmFigures } from '../evaluate/life-table.ts';
import { performanceFigures, type FilmSound } from '../evaluate/performance-figures.ts';
import { readSound } from './read-sound.ts';
import { Progress } from './progress.ts';
import type { Settings } from './settings.ts';

export interface MeasureFlags {
  readonly against?: string;
  readonly limit?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** @throws AvatarError `MOTION_UNREADABLE` for a film without pictures or without a face. */
export async function measure(films: readonly string[], flags: MeasureFlags, settings: Settings): Promise<void> {
  await using scope = new Scope();
  const measurer = scope.own(await FaceMeasurer.open());
  const quiet = flags.quiet === true;
  const track = async (path: string): Promise<{ track: FaceTrack; life: LifeFigures }> => {
    if (!existsSync(path)) throw new AvatarError('MOTION_UNREADABLE', `Cannot read ${path}: there is no such file.`);
    const progress = new Progress({ unit: `frames of ${basename(path)}`, quiet });
    try {
      const read = await trackFace(path, measurer, {
        ...(flags.limit !== undefined && { limitS: flags.limit }),
        signal: settings.signal,
        onFrame: (frames) => {
          progress.update(frames, undefined);
        },
      });
      if (read.moments.length < 2) throw new AvatarError('MOTION_UNREADABLE', `Cannot measure ${path}: no face in it.`);
      return { track: read, life: lifeFigures(read) };
    } finally {
      progress.close();
    }
  };
  const other = flags.against === undefined ? undefined : await track(flags.against);
  const all: FilmFigures[] = [];
  for (const path of films) {
    const film = await track(path);
    const figures: FilmFigures = {
      film: basename(path),
      life: film.life,
      performance: performanceFigures(film.track, await soundOf(path, flags.limit)),
      ...(other && { against: compareFilms(film, other) }),
    };
    all.push(figures);
    process.stdout.write(`${flags.json === true ? JSON.stringify(figures) : tableOfFilm(figures)}\n`);
  }
  if (flags.json !== true && all.length > 1) process.stdout.write(`${meanTable(all)}\n`);
}

/** A film may be silent: then what needs sound is left out. */
async function soundOf(path: string, limitS = Infinity): Promise<FilmSound | undefined> {
  try {
    const { samples, sampleRateHz } = await readSound(path);
    return { samples: samples.subarray(0, Math.min(samples.length, Math.round(limitS * sampleRateHz))), sampleRateHz };
  } catch (thrown) {
    if (thrown instanceof AvatarError && thrown.code.startsWith('AUDIO_')) return undefined;
    throw thrown;
  }
}
