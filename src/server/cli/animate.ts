import { systemClock } from '../../base/clock.ts';
import { Scope } from '../../base/lifecycle.ts';
import { openAudioFile, type AudioFile } from '../../native/codec/audio-file.ts';
import { Animation } from './animation.ts';
import { UsageError } from './command-failure.ts';
import { controlsOf } from './control-options.ts';
import { openMotionNetworks } from './motion-networks.ts';
import { MOTION_ENDINGS, motionFormatOf, openMotionWriter, type MotionFormat } from './motion-writer.ts';
import { outputPath, STANDARD_STREAM } from './output-path.ts';
import { Progress } from './progress.ts';
import { openSound, seedFrom } from './seed.ts';
import { configOf, type Settings } from './settings.ts';
import type { ControlFlags } from './control-options.ts';
import type { FrameRate } from './frame-rate-option.ts';

export interface AnimateFlags extends ControlFlags {
  readonly fps: FrameRate;
  readonly out?: string;
  readonly arkitExpressions?: boolean;
  readonly force?: boolean;
  readonly model?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Speech to motion. @throws UsageError or AvatarError. */
export async function animate(audio: string, flags: AnimateFlags, settings: Settings): Promise<void> {
  const force = flags.force === true;
  const { path, note } = outputPath(flags.out, audio, '.csv', { inputs: [audio, flags.controls], force });
  const format = formatOf(path, flags);
  const controls = await controlsOf(flags);
  await using scope = new Scope();
  const sound = scope.own(await openAudioFile(audio, audio === '-' ? process.stdin : undefined));
  const networks = await openMotionNetworks(flags.model ?? configOf(settings).motionBundle, scope);
  const { sampleRateHz } = sound;
  const opened = await openSound(sound.samples(), sampleRateHz);
  const { fps: framesPerSecond, seed = seedFrom(opened.digest) } = flags;
  const animation = new Animation({ ...networks, seed, framesPerSecond, controls, sampleRateHz });
  const expressions = flags.arkitExpressions === true ? 'arkit' : 'presets';
  const writing = { path, replace: force, format, framesPerSecond, sound: audio, expressions } as const;
  const output = scope.own(openMotionWriter(writing));
  const progress = scope.own(new Progress({ unit: 'frames', quiet: flags.quiet === true || path === '-' }));
  const startUs = systemClock.now();

  let written = 0;
  const write = async (frames: Awaited<ReturnType<Animation['push']>>): Promise<void> => {
    settings.signal.throwIfAborted();
    for (const frame of frames) {
      await output.add(frame);
      written++;
    }
    progress.update(written, framesIn(sound.durationUs, framesPerSecond));
  };
  for await (const samples of opened.samples) await write(await animation.push(samples));
  await write(await animation.flush());
  await output.commit();
  progress.close();

  const tookS = (systemClock.now() - startUs) / 1e6;
  for (const line of [...(note === undefined ? [] : [note]), ...soundWarnings(audio, sound)]) {
    process.stderr.write(`visavis: ${line}\n`);
  }
  if (path === STANDARD_STREAM) return;
  const durationS = animation.durationUs / 1e6;
  if (flags.json === true) {
    const made = { out: path, format, frames: written, framesPerSecond, durationS, truncated: sound.truncated, tookS };
    process.stdout.write(`${JSON.stringify(made)}\n`);
  } else if (flags.quiet !== true) {
    const speed = (durationS / tookS).toFixed(0);
    process.stderr.write(`${path}: ${written} frames, ${durationS.toFixed(2)} s, ${speed} times real time\n`);
  }
}

/** @returns what was wrong with a sound that was used all the same, in sentences. */
export function soundWarnings(name: string, sound: Pick<AudioFile, 'truncated' | 'sidesCancelled'>): string[] {
  const { truncated, sidesCancelled } = sound;
  return [
    ...(truncated ? [`${name} ends early; what is there was used.`] : []),
    ...(sidesCancelled ? [`In ${name} left and right cancel each other in places; one side was used there.`] : []),
  ];
}

/** @returns pictures in a sound of a length that may be known. */
export function framesIn(durationUs: number | undefined, framesPerSecond: number): number | undefined {
  return durationUs === undefined ? undefined : Math.ceil((durationUs * framesPerSecond) / 1e6);
}

function formatOf(path: string, flags: AnimateFlags): MotionFormat {
  if (path === STANDARD_STREAM) return flags.json === true ? 'jsonl' : 'csv';
  const format = motionFormatOf(path);
  if (format === undefined) {
    throw new UsageError(`--out ${path}: give a name that ends in ${Object.keys(MOTION_ENDINGS).join(', ')}.`);
  }
  if (flags.arkitExpressions === true && format !== 'vrma') {
    throw new UsageError('--arkit-expressions is for a .vrma file.');
  }
  return format;
}
