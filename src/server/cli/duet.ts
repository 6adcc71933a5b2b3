import { basename, dirname, extname, join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { Scope } from '../../base/lifecycle.ts';
import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs, US_PER_S } from '../../base/timeline.ts';
import { openAudioFile, type AudioFile } from '../../native/codec/audio-file.ts';
import { FilmStages } from '../../native/worker/film-stages.ts';
import { readAvatarFile } from '../../media/portrait/avatar-file.ts';
import { InferenceWorker } from '../../native/worker/inference-worker.ts';
import { openOperatorKeys, operatorKeysPath, type OperatorKeys } from '../operator-keys.ts';
import { PROVENANCE_TAG } from '../provenance.ts';
import { framesIn, soundWarnings } from './animate.ts';
import { avatarOf, checkFilmScope } from './avatar-argument.ts';
import { UsageError } from './command-failure.ts';
import { controlsOf } from './control-options.ts';
import { Conversation, type Pair } from './conversation.ts';
import { DuetFilm, ENDINGS, type DuetFilmOptions } from './duet-film.ts';
import { checkOutput, outputPath, STANDARD_STREAM } from './output-path.ts';
import { Progress } from './progress.ts';
import { tagsOf } from './render.ts';
import { openSound, seedFrom } from './seed.ts';
import { configOf, type Settings } from './settings.ts';
import type { FrameRate } from './frame-rate-option.ts';

export interface DuetFlags {
  readonly out?: string;
  readonly apart?: boolean;
  readonly fps: FrameRate;
  readonly size: 256 | 512 | 720;
  readonly liveliness?: number;
  readonly seed?: number;
  readonly consent?: string;
  readonly drawn?: boolean;
  readonly force?: boolean;
  readonly model?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** In one film each sees the other beside the viewer; in films of their own, through the screen. */
const BESIDE_DEG = 14;
const BITRATE_BPS_AT_512 = 2_000_000;

/** Two people in conversation. @throws UsageError or AvatarError. */
export async function duet(
  portraits: Pair<string>,
  sound: string,
  otherSound: string | undefined,
  flags: DuetFlags,
  settings: Settings,
): Promise<void> {
  const { fps: framesPerSecond, size: sizePx, quiet = false, apart = false, force = false } = flags;
  const inputs = [...portraits, sound, otherSound];
  if (inputs.includes(STANDARD_STREAM)) throw new UsageError('Give files: a duet reads nothing from standard input.');
  const { paths, note } = outputsOf(sound, flags, { inputs, force });
  const startUs = systemClock.now();
  await using scope = new Scope();
  const progress = scope.own(new Progress({ unit: 'frames', quiet }));
  const voices: Pair<AudioFile> =
    otherSound === undefined
      ? [
          scope.own(await openAudioFile(sound, undefined, 'left')),
          scope.own(await openAudioFile(sound, undefined, 'right')),
        ]
      : [scope.own(await openAudioFile(sound)), scope.own(await openAudioFile(otherSound))];
  const consent = { consent: flags.consent, drawn: flags.drawn === true, signal: settings.signal, progress };
  const avatars: Pair<Uint8Array> = [await avatarOf(portraits[0], consent), await avatarOf(portraits[1], consent)];
  for (const person of [0, 1] as const) checkFilmScope(avatars[person], portraits[person]);
  const config = configOf(settings);
  const keys = await openOperatorKeys(operatorKeysPath(config.dataDir));
  const controls = await controlsOf(flags.liveliness === undefined ? {} : { liveliness: flags.liveliness });
  const folder = flags.model ?? config.motionBundle;
  // The jobs of two wait for one another, and a film gives none of them up.
  const waiting = { gatherMs: 0, deadlineMs: Infinity };
  const engine = scope.own(await InferenceWorker.open({ folder, precision: 'int8', ...waiting }));
  const { sampleRateHz } = voices[0];
  const opened = [
    await openSound(voices[0].samples(), sampleRateHz),
    await openSound(voices[1].samples(), sampleRateHz),
  ] as const;
  const seedOf = (index: 0 | 1): number =>
    flags.seed === undefined
      ? seedFrom(readAvatarFile(avatars[index]).metadata.portraitSha256, opened[index].digest, String(index))
      : flags.seed + index;
  const seeds: Pair<number> = [seedOf(0), seedOf(1)];
  const person = { engine, framesPerSecond, controls, sampleRateHz };
  const conversation = new Conversation({
    voices: [opened[0].samples, opened[1].samples],
    people: [
      { ...person, seed: seeds[0] },
      { ...person, seed: seeds[1] },
    ],
    // The own left is the right of the picture.
    towardsDeg: apart ? [0, 0] : [BESIDE_DEG, -BESIDE_DEG],
  });
  const stagesOf = async (avatar: Uint8Array, seedOfPicture: number): Promise<FilmStages> =>
    scope.own(
      await FilmStages.open({
        avatar,
        decoder: {
          sizePx,
          background: 'portrait',
          badge: config.badge,
          watermarkKey: keys.watermarkKey,
          seed: seedOfPicture,
        },
        framesPerSecond,
        bitrateBps: BITRATE_BPS_AT_512 * (sizePx / 512) ** 2,
        drawingThreads: 1,
      }),
    );
  const stages: Pair<FilmStages> = [await stagesOf(avatars[0], seeds[0]), await stagesOf(avatars[1], seeds[1])];
  const options: DuetFilmOptions = { paths, replace: force, sizePx, framesPerSecond, sampleRateHz, stages };
  const film = scope.own(await DuetFilm.open(options));

  let frames = 0;
  let isOneVoice = otherSound === undefined;
  const totals = voices.map(({ durationUs }) => framesIn(durationUs, framesPerSecond));
  for await (const step of conversation.steps()) {
    settings.signal.throwIfAborted();
    film.addSound(step.samples);
    isOneVoice &&= step.samples[0].every((value, index) => value === step.samples[1][index]);
    for (let frame = 0; frame < step.frames[0].length; frame++) {
      const pair: Pair<MotionFrame> = [step.frames[0][frame]!, step.frames[1][frame]!];
      await film.addPictures(pair);
      frames++;
    }
    progress.update(frames, totals[0] === undefined ? undefined : Math.max(...totals.map((total) => total ?? 0)));
  }
  if (isOneVoice) {
    throw new UsageError(
      `Both sides of ${sound} are the same: give a stereo sound with a voice on each side, or two sounds.`,
    );
  }
  const durationUs = mediaTimeUs((frames * US_PER_S) / framesPerSecond);
  await film.commit(durationUs, (contentSha256, people) => statementsOf(people, avatars, keys, contentSha256));
  progress.close();

  const tookS = (systemClock.now() - startUs) / 1e6;
  const names = otherSound === undefined ? [sound] : [sound, otherSound];
  const warnings = names.flatMap((name, index) => soundWarnings(name, voices[index] ?? voices[0]));
  for (const line of [...(note === undefined ? [] : [note]), ...warnings]) process.stderr.write(`visavis: ${line}\n`);
  const durationS = durationUs / US_PER_S;
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ out: paths, frames, framesPerSecond, durationS, tookS })}\n`);
  } else if (!quiet) {
    process.stderr.write(`${paths.join(' and ')}: ${frames} frames, ${durationS.toFixed(2)} s\n`);
  }
}

/** One statement for each person who is seen, about the same film. */
async function statementsOf(
  people: readonly (0 | 1)[],
  avatars: Pair<Uint8Array>,
  keys: OperatorKeys,
  contentSha256: string,
): Promise<Record<string, string>> {
  const [first = 0, second] = people;
  const tags = await tagsOf(avatars[first], keys, contentSha256);
  if (second === undefined) return tags;
  const other = (await tagsOf(avatars[second], keys, contentSha256))[PROVENANCE_TAG] ?? '';
  return { ...tags, [`${PROVENANCE_TAG}_2`]: other };
}

function outputsOf(
  sound: string,
  { out, apart = false }: DuetFlags,
  rules: Parameters<typeof checkOutput>[1],
): { paths: readonly [string] | Pair<string>; note: string | undefined } {
  const ending = out === undefined ? '.mp4' : extname(out).toLowerCase();
  if (out !== undefined && !ENDINGS.includes(ending)) {
    throw new UsageError(`--out ${out}: give a name that ends in ${ENDINGS.join(', ')}.`);
  }
  if (!apart) {
    const { path, note } = outputPath(out, sound, '.mp4', rules);
    return { paths: [path], note };
  }
  const whole = out ?? `${basename(sound, extname(sound))}.mp4`;
  const stem = join(dirname(whole), basename(whole, extname(whole)));
  const paths = [`${stem}-1${extname(whole)}`, `${stem}-2${extname(whole)}`] as const;
  for (const path of paths) checkOutput(path, rules);
  return { paths, note: undefined };
}
