import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { fitting } from '../../../protocol/graphemes.ts';
import { Scope } from '../../base/lifecycle.ts';
import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs } from '../../base/timeline.ts';
import { restMotion } from '../../media/motion-space.ts';
import { openAudioFile, type AudioFile } from '../../native/codec/audio-file.ts';
import { encodeImage, type RawPixels } from '../../native/codec/image.ts';
import { encodedFormatOf, FILM_ENDINGS, filmFormatOf } from '../../native/codec/film-format.ts';
import { OutputFile } from '../../native/codec/output-file.ts';
import { FilmStages } from '../../native/worker/film-stages.ts';
import { straightAlpha } from '../../media/render/straight-alpha.ts';
import { WordTiming } from '../../media/sync/word-timing.ts';
import { readAvatarFile } from '../../media/portrait/avatar-file.ts';
import { openOperatorKeys, operatorKeysPath, type OperatorKeys } from '../operator-keys.ts';
import { PROVENANCE_TAG, ProvenanceSigner, STATED_CONSENT_LIMIT } from '../provenance.ts';
import { InferenceWorker } from '../../native/worker/inference-worker.ts';
import { framesIn, soundWarnings } from './animate.ts';
import { Animation } from './animation.ts';
import { avatarOf, checkFilmScope } from './avatar-argument.ts';
import { UsageError } from './command-failure.ts';
import { controlsOf, type TimedControl } from './control-options.ts';
import { EncodedFilm, type EncodedFilmOptions } from './encoded-film.ts';
import { filmShapeOf } from './film-shape.ts';
import type { DrawnPicture, FilmWriter, FilmWriterOptions } from './film-writer.ts';
import { checkOutput, checkPictureFolder, outputPath, STANDARD_STREAM, type OutputPath } from './output-path.ts';
import { checkThumbnail, Poster } from './poster.ts';
import { Progress } from './progress.ts';
import { RecordedMotion, type MotionSource } from './recorded-motion.ts';
import type { FilmFlags } from './film-options.ts';
import { openSound, seedFrom } from './seed.ts';
import { configOf, type Settings } from './settings.ts';
import { checkSubtitleName, textOf, writeSubtitles } from './subtitle-output.ts';
import { WebmFilm } from './webm-film.ts';

export interface RenderFlags extends FilmFlags {
  readonly motion?: string;
  readonly motionFps?: number;
  readonly text?: string;
  readonly subtitles?: string;
}

/** What was made, and what it cost: `motionUs` on this thread, `drawUs` and `encodeUs` on others meanwhile. */
export interface FilmReport {
  /** `-` is standard output; nothing when only pictures were asked for. */
  readonly out: string | undefined;
  readonly frames: number;
  readonly durationS: number;
  readonly truncated: boolean;
  /** What the user should know about names and sound, as sentences. */
  readonly notes: readonly string[];
  readonly tookS: number;
  readonly times: Readonly<Record<'motionUs' | 'drawUs' | 'encodeUs', number>>;
}

/** A talking face on film. @throws UsageError or AvatarError. */
export async function render(
  portrait: string,
  audio: string | undefined,
  flags: RenderFlags,
  settings: Settings,
): Promise<void> {
  const { text, subtitles, force = false } = flags;
  if (subtitles === undefined) {
    reportFilm(await makeFilm(portrait, audio, flags, settings), flags);
    return;
  }
  if (text === undefined || audio === undefined)
    throw new UsageError('--subtitles needs a sound, and its words in --text.');
  const textFile = text.startsWith('@') ? text.slice(1) : undefined;
  checkSubtitleName(subtitles);
  checkOutput(subtitles, { inputs: [portrait, audio, textFile, flags.motion, flags.controls], force });
  const words = await textOf(text, textFile);
  let timing: WordTiming | undefined;
  const film = await makeFilm(portrait, audio, flags, settings, [], (samples, sampleRateHz) => {
    timing ??= new WordTiming(sampleRateHz);
    timing.push(samples);
  });
  writeSubtitles(subtitles, timing?.wordsOf(words) ?? [], force);
  reportFilm(film, flags);
}

/**
 * @param extraControls - beside those of the flags, in order of time.
 * @param onSound - hears the sound as it goes by.
 * @throws UsageError or AvatarError.
 */
export async function makeFilm(
  portrait: string,
  audio: string | undefined,
  flags: RenderFlags,
  settings: Settings,
  extraControls: readonly TimedControl[] = [],
  onSound?: (samples: Float32Array, sampleRateHz: number) => void,
): Promise<FilmReport> {
  const { fps: framesPerSecond, background } = flags;
  const force = flags.force === true;
  const { path: out, note } = outOf(portrait, audio, flags);
  const { drawnPx: sizePx, film: surround } = filmShapeOf({ ...flags, ...(out !== undefined && { out }) });
  if (flags.thumbnail !== undefined) checkThumbnail(flags.thumbnail, out, [portrait, audio, flags.motion], force);
  await using scope = new Scope();
  const startUs = systemClock.now();
  const quiet = flags.quiet === true;
  const progress = scope.own(new Progress({ unit: 'frames', quiet }));
  const sound =
    audio === undefined ? undefined : scope.own(await openAudioFile(audio, audio === '-' ? process.stdin : undefined));
  const motionOf = await openMotion(sound, flags, extraControls, settings, scope);
  const { consent, drawn } = flags;
  const avatar = await avatarOf(portrait, { consent, drawn: drawn === true, signal: settings.signal, progress });
  checkFilmScope(avatar, portrait);
  const opened = sound && (await openSound(sound.samples(), sound.sampleRateHz));
  const { portraitSha256 } = readAvatarFile(avatar).metadata;
  const seed = flags.seed ?? seedFrom(portraitSha256, opened?.digest ?? '');
  const motion = motionOf(seed);
  const config = configOf(settings);
  const keys = await openOperatorKeys(operatorKeysPath(config.dataDir));
  const { watermarkKey } = keys;
  const stages = scope.own(
    await FilmStages.open({
      avatar,
      decoder: {
        sizePx,
        background,
        badge: config.badge,
        watermarkKey,
        seed,
      },
      framesPerSecond,
      bitrateBps: (flags.bitrate ?? 2000 * (sizePx / 512) ** 2) * 1000,
      drawingThreads: availableParallelism() > 2 ? 2 : 1,
    }),
  );
  const { widthPx, heightPx } = stages;
  const sampleRateHz = sound?.sampleRateHz;
  const film =
    out === undefined
      ? undefined
      : scope.own(
          await openFilm(
            background,
            { path: out, replace: force, widthPx, heightPx, framesPerSecond, sampleRateHz },
            surround && { ...surround, rgba: await stages.picture({ timeUs: mediaTimeUs(0), motion: restMotion() }) },
          ),
        );
  if (flags.frames !== undefined) await mkdir(flags.frames, { recursive: true });

  const times = { motionUs: 0, drawUs: 0, encodeUs: 0 };
  const underWay: Promise<FilmedPicture | undefined>[] = [];
  let started = 0;
  let done = 0;
  const finishOne = async (): Promise<void> => {
    settings.signal.throwIfAborted();
    const picture = await underWay.shift();
    done++;
    progress.update(done, framesIn(sound?.durationUs, framesPerSecond));
    if (picture === undefined) return;
    times.drawUs += picture.drawUs;
    times.encodeUs += picture.encodeUs;
    await film?.addPicture(picture);
  };
  const poster = new Poster();
  const draw = async (frames: readonly MotionFrame[]): Promise<void> => {
    for (const frame of frames) {
      poster.consider(frame);
      if (underWay.length >= stages.capacity) await finishOne();
      started++;
      const picture = pictureOf(frame, started, stages, flags, film);
      // Its failure is seen when its turn comes; until then it must not count as unhandled.
      picture.catch(() => undefined);
      underWay.push(picture);
    }
  };
  const made = async (frames: Promise<MotionFrame[]>): Promise<MotionFrame[]> => {
    const beganUs = systemClock.now();
    const result = await frames;
    times.motionUs += systemClock.now() - beganUs;
    return result;
  };
  for await (const samples of opened?.samples ?? []) {
    film?.addSound(samples);
    onSound?.(samples, sound?.sampleRateHz ?? 0);
    await draw(await made(motion.push(samples)));
  }
  await draw(await made(motion.flush()));
  while (underWay.length > 0) await finishOne();
  if (done === 0) throw new UsageError('There is nothing to render: the motion has no frame.');
  await film?.commit(motion.durationUs, (contentSha256) => tagsOf(avatar, keys, contentSha256));
  if (out !== undefined && flags.thumbnail !== undefined) await poster.write(out, flags.thumbnail, force);
  progress.close();

  const tookS = (systemClock.now() - startUs) / 1e6;
  const durationS = motion.durationUs / 1e6;
  const notes = [
    ...(note === undefined ? [] : [note]),
    ...(sound === undefined ? [] : soundWarnings(audio ?? '', sound)),
  ];
  return { out, frames: done, durationS, truncated: sound?.truncated ?? false, notes, tookS, times };
}

/** @returns what makes the motion, once its seed is known. */
async function openMotion(
  sound: AudioFile | undefined,
  flags: RenderFlags,
  extraControls: readonly TimedControl[],
  settings: Settings,
  scope: Scope,
): Promise<(seed: number) => MotionSource> {
  const { fps: framesPerSecond } = flags;
  const controls = [...(await controlsOf(flags)), ...extraControls].sort((a, b) => a.at - b.at);
  if (flags.motion !== undefined) {
    if (controls.length > 0) throw new UsageError('--motion is used as it is: leave out the controls.');
    const sampleRateHz = sound?.sampleRateHz;
    const { motion: path, motionFps: recordedRate } = flags;
    return () => new RecordedMotion({ path, recordedRate, framesPerSecond, sampleRateHz });
  }
  if (sound === undefined) throw new UsageError('Give a sound, or motion with --motion FILE.');
  const folder = flags.model ?? configOf(settings).motionBundle;
  const engine = scope.own(await InferenceWorker.open({ folder, precision: 'int8', gatherMs: 0 }));
  const { sampleRateHz } = sound;
  return (seed) => new Animation({ engine, seed, framesPerSecond, controls, sampleRateHz });
}

/** What a film says of itself: in words, and as a statement that this operator's key signs. */
export async function tagsOf(
  avatar: Uint8Array,
  keys: OperatorKeys,
  contentSha256: string,
): Promise<Record<string, string>> {
  const { consent, portraitSha256 } = readAvatarFile(avatar).metadata;
  const statement = await new ProvenanceSigner(keys).sign({
    portraitSha256,
    consent: consent.scope,
    consentText: fitting(consent.text, STATED_CONSENT_LIMIT),
    consentTime: consent.time,
    kind: 'recording',
    issuedAt: Math.floor(Date.now() / 1000),
    contentSha256,
  });
  return { COMMENT: 'AI-generated: the face in this film is synthetic.', [PROVENANCE_TAG]: statement };
}

/** A picture and what it cost. */
interface FilmedPicture extends DrawnPicture {
  readonly drawUs: number;
  readonly encodeUs: number;
}

export function openFilm(
  background: RenderFlags['background'],
  options: FilmWriterOptions,
  surround: EncodedFilmOptions['surround'],
): Promise<FilmWriter> {
  const isTransparent = background === 'transparent';
  const ending = options.path === STANDARD_STREAM ? '.webm' : extname(options.path).toLowerCase();
  const format = surround === undefined ? filmFormatOf(ending, isTransparent) : encodedFormatOf(ending);
  if (format === undefined) return WebmFilm.open(options);
  if (isTransparent && !format.keepsAlpha) {
    throw new UsageError(
      `${format.name} has no alpha channel: name a .mov, .webm or .webp file, or another background.`,
    );
  }
  return EncodedFilm.open({ ...options, format, isTransparent, surround });
}

/** Draws one picture for the film, for a PNG, or for both. */
async function pictureOf(
  frame: MotionFrame,
  number: number,
  stages: FilmStages,
  { frames: folder, force, background }: Pick<RenderFlags, 'frames' | 'force' | 'background'>,
  film: FilmWriter | undefined,
): Promise<FilmedPicture | undefined> {
  const encoded = film?.wantsPixels === false ? stages.film(frame) : undefined;
  encoded?.catch(() => undefined);
  if (folder === undefined && film?.wantsPixels !== true) return encoded;
  const beganUs = systemClock.now();
  const rgba = await stages.picture(frame);
  const drawUs = systemClock.now() - beganUs;
  if (folder !== undefined) {
    const { widthPx, heightPx } = stages;
    const bytes = background === 'transparent' ? straightAlpha(rgba) : rgba;
    await writePicture(join(folder, pictureName(number)), { widthPx, heightPx, channels: 4, bytes }, force === true);
  }
  return film?.wantsPixels === true ? { rgba, drawUs, encodeUs: 0 } : encoded;
}

async function writePicture(path: string, picture: RawPixels, replace: boolean): Promise<void> {
  const { bytes } = await encodeImage(picture, 'png');
  const file = OutputFile.open(path, { replace });
  try {
    file.write(bytes);
    file.commit();
  } finally {
    file.close();
  }
}

const PICTURE_NAME = /^frame-\d{6,}\.png$/;

function pictureName(number: number): string {
  return `frame-${String(number).padStart(6, '0')}.png`;
}

function outOf(portrait: string, audio: string | undefined, flags: RenderFlags): Partial<OutputPath> {
  const { out, frames, motion, controls } = flags;
  if ([portrait, audio, motion].filter((input) => input === STANDARD_STREAM).length > 1)
    throw new UsageError('Only one of the portrait, the sound and --motion can be standard input.');
  const rules = { inputs: [portrait, audio, motion, controls], force: flags.force === true };
  if (frames !== undefined) checkPictureFolder(frames, PICTURE_NAME, rules);
  if (out === undefined && frames !== undefined) return {};
  if (out !== undefined && out !== STANDARD_STREAM && !FILM_ENDINGS.includes(extname(out).toLowerCase())) {
    throw new UsageError(`--out ${out}: give a name that ends in ${FILM_ENDINGS.join(', ')}.`);
  }
  return outputPath(out, audio ?? motion, '.webm', rules);
}

/** Tells the user what was made. */
export function reportFilm(film: FilmReport, flags: FilmFlags): void {
  const { out, frames, durationS, truncated, notes, tookS, times } = film;
  for (const note of notes) process.stderr.write(`visavis: ${note}\n`);
  const where = [out, flags.frames].filter((path) => path !== undefined && path !== '-').join(' and ');
  if (flags.json === true && out !== '-') {
    const made = { out, frameFolder: flags.frames, frames, framesPerSecond: flags.fps, durationS, truncated, tookS };
    process.stdout.write(`${JSON.stringify({ ...made, ...times })}\n`);
  } else if (flags.quiet !== true) {
    const rate = (frames / tookS).toFixed(0);
    const lead = where === '' ? '' : `${where}: `;
    process.stderr.write(`${lead}${frames} frames, ${durationS.toFixed(2)} s, ${rate} frames/s\n`);
  }
}
