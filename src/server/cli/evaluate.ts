import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { Scope } from '../../base/lifecycle.ts';
import type { FaceDecoder } from '../../media/face-codec.ts';
import { FaceMeasurer } from '../../native/model/face-measure.ts';
import { MeshCodec } from '../../native/raster/mesh-codec.ts';
import { codecFigures } from '../evaluate/codec-figures.ts';
import { drawnLife } from '../evaluate/drawn-life.ts';
import type { Figure } from '../evaluate/figure.ts';
import { tableOf } from '../evaluate/figure.ts';
import { MotionFigures } from '../evaluate/motion-figures.ts';
import { readTextGrid, type Labelled } from '../evaluate/text-grid.ts';
import { measureVideoMouth } from '../evaluate/video-mouth.ts';
import { avatarOf } from './avatar-argument.ts';
import { openMotionNetworks } from './motion-networks.ts';
import { packageFolder } from '../package-folder.ts';
import { Progress } from './progress.ts';
import { readSound } from './read-sound.ts';
import { configOf, type Settings } from './settings.ts';

export interface EvaluateFlags {
  readonly model?: string;
  readonly only?: 'motion' | 'codec';
  readonly seed: number;
  readonly json?: boolean;
}

const PICTURES = ['.jpg', '.jpeg', '.png', '.webp', '.avif', '.avatar'];
const FILMS = ['.mp4', '.mpg', '.mpeg', '.mov', '.webm', '.mkv', '.avi'];
const FILM_RATE = 25;
/** As much of a sound is drawn and read back; more hardly changes the figures. */
const DRAWN_S = 30;

/** Measures what is given, or what comes with the program. @throws AvatarError. */
export async function evaluate(material: readonly string[], flags: EvaluateFlags, settings: Settings): Promise<void> {
  await using scope = new Scope();
  const progress = scope.own(new Progress({ unit: 'figures', quiet: false }));
  const figures: Figure[] = [];
  const failures: string[] = [];
  /** What cannot be measured does not keep the rest from it. */
  const gather = async (name: string, source: AsyncIterable<Figure>): Promise<void> => {
    progress.stage(`Measuring ${name}`);
    try {
      for await (const figure of source) {
        settings.signal.throwIfAborted();
        figures.push(figure);
      }
    } catch (thrown) {
      if (settings.signal.aborted) throw thrown;
      failures.push(messageOf(thrown));
    }
  };
  const extension = (path: string): string => extname(path).toLowerCase();
  const pictures = material.filter((path) => PICTURES.includes(extension(path)));
  const recordings = material.filter((path) => !PICTURES.includes(extension(path)));
  const builtIn = material.length === 0;

  const measurer = flags.only === 'motion' ? undefined : scope.own(await FaceMeasurer.open());
  const decoderOf = async (path: string): Promise<FaceDecoder> => {
    const avatar = await avatarOf(path, { consent: 'evaluation', drawn: false, signal: settings.signal, progress });
    return new MeshCodec().open(avatar, { sizePx: 512, background: 'portrait', badge: false, seed: flags.seed });
  };
  const faces = builtIn || pictures.length === 0 ? await portraitsOfProgram() : pictures;

  if (flags.only !== 'codec' && (builtIn || recordings.length > 0)) {
    const networks = await openMotionNetworks(flags.model ?? configOf(settings).motionBundle, scope);
    const motion = new MotionFigures(networks, flags.seed);
    if (builtIn) await gather('silence, noise, music and controls', motion.builtIn());
    const drawn = async function* (path: string, face: string, by: FaceMeasurer): AsyncGenerator<Figure, void> {
      const decoder = await decoderOf(face);
      try {
        yield* drawnLife(basename(path), await motion.framesOf(await readSound(path), DRAWN_S), decoder, by);
      } finally {
        decoder.close();
      }
    };
    for (const [index, path] of recordings.entries()) {
      await gather(path, figuresOf(path, motion));
      const face = faces[index % faces.length];
      if (measurer !== undefined && face !== undefined) await gather(`${path}, drawn`, drawn(path, face, measurer));
    }
  }
  if (measurer !== undefined && (builtIn || pictures.length > 0)) {
    const drawn = async function* (path: string): AsyncGenerator<Figure, void> {
      const decoder = await decoderOf(path);
      try {
        yield* codecFigures(basename(path), decoder, measurer);
      } finally {
        decoder.close();
      }
    };
    for (const path of faces) await gather(path, drawn(path));
  }
  progress.close();
  if (flags.json === true) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else if (figures.length > 0) process.stdout.write(`${tableOf(figures)}\n`);
  const [first, ...others] = failures;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` And ${others.length} more could not be measured.`;
  throw new AvatarError('MOTION_UNREADABLE', `${first}${more}`);
}

async function* figuresOf(path: string, motion: MotionFigures): AsyncGenerator<Figure, void> {
  const sound = await readSound(path);
  if (FILMS.includes(extname(path).toLowerCase())) {
    const filmed = await measureVideoMouth(path, { framesPerSecond: FILM_RATE });
    yield* motion.ofSpeech(sound, { filmed });
    return;
  }
  const phones = await phonesBeside(path);
  yield* motion.ofSpeech(sound, phones === undefined ? {} : { phones });
}

/** Labels of the phones, from `NAME.TextGrid` or `NAME_phones.TextGrid` beside the sound. */
async function phonesBeside(path: string): Promise<readonly Labelled[] | undefined> {
  const stem = path.slice(0, -extname(path).length);
  for (const name of [`${stem}_phones.TextGrid`, `${stem}.TextGrid`]) {
    if (!existsSync(name)) continue;
    const tiers = readTextGrid(await readFile(name, 'utf8'));
    const tier = [...tiers].find(([tierName]) => /phone|segment/i.test(tierName));
    if (tier !== undefined) return tier[1];
  }
  return undefined;
}

async function portraitsOfProgram(): Promise<string[]> {
  const folder = join(packageFolder(), 'models/portraits');
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => PICTURES.includes(extname(name).toLowerCase())).map((name) => join(folder, name));
}
