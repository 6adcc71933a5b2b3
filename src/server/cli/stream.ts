import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../base/clock.ts';
import { Scope } from '../../base/lifecycle.ts';
import type { MotionFrame } from '../../base/media.ts';
import { mediaTimeUs, US_PER_S } from '../../base/timeline.ts';
import { liveLinkPacket } from '../../media/motion/live-link-packet.ts';
import { vmcPackets } from '../../media/motion/vmc.ts';
import { restMotion } from '../../media/motion-space.ts';
import { openAudioFile } from '../../native/codec/audio-file.ts';
import { soundWarnings } from './animate.ts';
import { Animation } from './animation.ts';
import { UsageError } from './command-failure.ts';
import { controlsOf } from './control-options.ts';
import { Datagrams } from './datagrams.ts';
import { openMotionNetworks } from './motion-networks.ts';
import { STANDARD_STREAM } from './output-path.ts';
import { pcmSamples } from './pcm-samples.ts';
import { configOf, type Settings } from './settings.ts';
import type { ControlFlags } from './control-options.ts';
import type { FrameRate } from './frame-rate-option.ts';
import type { Target } from './datagrams.ts';

export interface StreamFlags extends ControlFlags {
  readonly liveLink?: Target;
  readonly vmc?: Target;
  readonly subject: string;
  readonly arkitExpressions?: boolean;
  readonly pcm?: number;
  readonly fps: FrameRate;
  readonly model?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Frames of a live voice come unevenly; this much sooner than they are due on average. */
const MARGIN_US = 40_000;
/** The face comes to rest after the last sound. */
const REST_S = 0.4;

/** Motion in real time over UDP. @throws UsageError or AvatarError. */
export async function stream(audio: string, flags: StreamFlags, settings: Settings): Promise<void> {
  const { fps: framesPerSecond, seed = randomInt(2 ** 32), pcm, liveLink, vmc, subject } = flags;
  if (liveLink === undefined && vmc === undefined)
    throw new UsageError('Say where to: --live-link or --vmc HOST:PORT.');
  if (pcm !== undefined && audio !== STANDARD_STREAM)
    throw new UsageError('--pcm is for standard input: give - as the sound.');
  const controls = await controlsOf(flags);
  await using scope = new Scope();
  const targets = [
    ...(liveLink === undefined ? [] : [{ datagrams: scope.own(await Datagrams.open(liveLink)), isVmc: false }]),
    ...(vmc === undefined ? [] : [{ datagrams: scope.own(await Datagrams.open(vmc)), isVmc: true }]),
  ];
  const file =
    pcm === undefined
      ? scope.own(await openAudioFile(audio, audio === STANDARD_STREAM ? process.stdin : undefined))
      : undefined;
  const networks = await openMotionNetworks(flags.model ?? configOf(settings).motionBundle, scope);
  const sampleRateHz = pcm ?? file?.sampleRateHz ?? 0;
  const hopsAtOnce = audio === STANDARD_STREAM ? 1 : undefined;
  const timing = { framesPerSecond, sampleRateHz, ...(hopsAtOnce && { hopsAtOnce }) };
  const animation = new Animation({ ...networks, seed, controls, ...timing });

  const deviceId = randomUUID().toUpperCase();
  const shapes = flags.arkitExpressions === true ? 'arkit' : 'presets';
  let startUs: number | undefined;
  let [sent, latestUs] = [0, 0];
  let last: MotionFrame | undefined;
  const send = async (frame: MotionFrame): Promise<void> => {
    startUs ??= systemClock.now() + MARGIN_US - frame.timeUs;
    const waitUs = startUs + frame.timeUs - systemClock.now();
    if (waitUs > 0) await setTimeout(waitUs / 1000, undefined, { signal: settings.signal });
    settings.signal.throwIfAborted();
    latestUs = Math.max(latestUs, -waitUs);
    for (const { datagrams, isVmc } of targets) {
      const packets = isVmc
        ? vmcPackets(frame.motion, frame.timeUs / US_PER_S, shapes)
        : [liveLinkPacket(frame.motion, { deviceId, subject, frame: sent, framesPerSecond })];
      for (const packet of packets) await datagrams.send(packet);
    }
    sent++;
    last = frame;
  };
  const samples = pcm === undefined ? file?.samples() : pcmSamples(process.stdin);
  for await (const piece of samples ?? []) {
    settings.signal.throwIfAborted();
    for (const frame of await animation.push(piece)) await send(frame);
  }
  for (const frame of await animation.flush()) await send(frame);
  if (last !== undefined) for (const frame of comingToRest(last, framesPerSecond)) await send(frame);

  for (const line of file === undefined ? [] : soundWarnings(audio, file)) process.stderr.write(`visavis: ${line}\n`);
  const [durationS, latestMs] = [animation.durationUs / US_PER_S, latestUs / 1000];
  if (flags.json === true)
    process.stdout.write(`${JSON.stringify({ frames: sent, framesPerSecond, durationS, latestMs })}\n`);
  else if (flags.quiet !== true) {
    process.stderr.write(
      `${sent} frames sent, ${durationS.toFixed(2)} s; the latest was ${latestMs.toFixed(0)} ms late\n`,
    );
  }
}

/** A stream that ends in the middle of a word must not leave the mouth open. */
function* comingToRest({ timeUs, motion }: MotionFrame, framesPerSecond: number): Generator<MotionFrame, void> {
  const rest = restMotion();
  const count = Math.ceil(REST_S * framesPerSecond);
  for (let frame = 1; frame <= count; frame++) {
    const share = frame / count;
    yield {
      timeUs: mediaTimeUs(timeUs + (frame * US_PER_S) / framesPerSecond),
      motion: motion.map((value, channel) => value + share * (rest[channel]! - value)),
    };
  }
}
