import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

import { z } from 'zod';

import type { HostRules } from '../../signaling/origin.ts';
import {
  hostRules,
  isLoopback,
  operatorKey,
  optional,
  readSignalingSettings,
  sharedSecret,
  type SignalingSettings,
} from '../../signaling/settings.ts';
import { AvatarError } from '../base/errors.ts';
import type { RtcOptions } from '../peer/rtc/rtc-options.ts';
import { defaultDataFolder } from './data-folder.ts';
import { readDoorSettings, type DoorSettings } from './doors/door-settings.ts';
import { readLiveKitSettings, type LiveKitSettings } from './livekit/livekit-settings.ts';
import { packageFolder } from './package-folder.ts';
import { readSpeechSettings, type SpeechSettings } from './speech/speech-settings.ts';

/** All settings of the process, read once. `.env.example` says what each is for. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly capacity: number;
  readonly motionBundle: string;
  readonly badge: boolean;
  readonly uploadLimitBytes: number;
  readonly portraits: {
    /** What uploads may take of the disk. */
    readonly diskBudgetBytes: number;
    /** Uploads that nobody has used for so long are deleted; 0 keeps them. */
    readonly unusedDays: number;
  };
  /** May list and end sessions, block portraits and sign invitations; without it only this machine may. */
  readonly operatorKey: string | undefined;
  readonly drainS: number;
  readonly trustProxy: boolean;
  /** Only programs and pages of this machine reach the process: it listens on loopback, and behind no proxy. */
  readonly isPrivate: boolean;
  readonly hosts: HostRules;
  /** Origins whose pages may show `/view/ID` in a frame. */
  readonly frameAncestors: readonly string[];
  /** Settings of the interfaces for programs. */
  readonly doors: DoorSettings;
  readonly rtc: RtcOptions;
  /** Voices for typed speech, best first. */
  readonly speech: SpeechSettings;
  /** The LiveKit server whose jobs this process takes, if any. */
  readonly liveKit: LiveKitSettings | undefined;
  /** The signaling server in this process, or `undefined` when this is an avatar peer of another. */
  readonly signaling: SignalingSettings | undefined;
  readonly remoteSignaling: RemoteSignaling | undefined;
}

export interface RemoteSignaling {
  readonly url: string;
  /** Where pages reach it, when that differs. */
  readonly publicUrl: string;
  readonly secret: string | undefined;
  /** Whether the signaling server wants room tokens and hands out a relay is for it to say in `welcome`. */
  readonly tokenSecret: string | undefined;
}

/** The bundle that comes with the program, from its folder. */
const BUILT_IN_BUNDLE = 'models/visavis-motion-1';

const flag = (fallback: 'true' | 'false') =>
  z
    .enum(['true', 'false', ''])
    .default(fallback)
    .transform((text) => (text === '' ? fallback : text) === 'true');
const webSocketUrl = optional.refine((url) => url === undefined || /^wss?:\/\//.test(url), 'expected ws:// or wss://');

const schema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  VISAVIS_DATA_DIR: optional,
  VISAVIS_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  VISAVIS_CAPACITY: optional
    .transform((text) => (text === undefined ? undefined : Number(text)))
    .pipe(z.number().int().min(1).max(1000).optional()),
  VISAVIS_MOTION_BUNDLE: optional,
  VISAVIS_BADGE: flag('true'),
  VISAVIS_PORTRAITS_MB: z.coerce.number().min(1).default(5000),
  VISAVIS_PORTRAIT_DAYS: z.coerce.number().int().min(0).default(180),
  VISAVIS_UPLOAD_LIMIT_MB: z.coerce.number().min(0.1).max(100).default(20),
  VISAVIS_OPERATOR_KEY: operatorKey,
  VISAVIS_ALLOWED_HOSTS: optional,
  VISAVIS_ALLOWED_ORIGINS: optional,
  VISAVIS_FRAME_ANCESTORS: optional.refine(
    (text) => listOf(text).every((each) => each === '*' || /^https?:\/\/(?:\*\.)?[\w.-]+(?::\d{1,5})?$/.test(each)),
    'expected origins such as https://kiosk.example, or *',
  ),
  VISAVIS_DRAIN_S: z.coerce.number().min(0).max(3600).default(20),
  VISAVIS_TRUST_PROXY: flag('false'),
  VISAVIS_ICE_LITE: flag('true'),
  VISAVIS_HOST_ADDRESSES: optional,
  VISAVIS_PUBLIC_ADDRESS: optional,
  VISAVIS_UDP_PORTS: optional.refine(
    (range) => range === undefined || /^\d{1,5}-\d{1,5}$/.test(range),
    'expected FIRST-LAST',
  ),
  VISAVIS_SIGNALING_URL: webSocketUrl,
  VISAVIS_PUBLIC_SIGNALING_URL: webSocketUrl,
  VISAVIS_OPEN_ROOMS: flag('false'),
  VISAVIS_PEER_SECRET: sharedSecret,
  VISAVIS_TOKEN_SECRET: sharedSecret,
});

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @returns the settings, frozen.
 * @throws AvatarError `CONFIG_INVALID`, naming the variable, what was found and what was expected.
 */
export function readConfig(environment: Environment): Config {
  const result = schema.safeParse(environment);
  if (!result.success) {
    const issue = result.error.issues[0];
    const name = issue?.path.join('.') ?? 'a setting';
    // Messages end up in logs, where no secret belongs.
    const found = /SECRET|KEY/.test(name) ? '…' : JSON.stringify(environment[name] ?? null);
    throw new AvatarError('CONFIG_INVALID', `Cannot use ${name}=${found}: ${issue?.message ?? 'not understood'}`);
  }
  const env = result.data;
  const remoteUrl = env.VISAVIS_SIGNALING_URL;
  const isPrivate = isLoopback(env.HOST) && !env.VISAVIS_TRUST_PROXY;
  if (env.VISAVIS_TRUST_PROXY && env.VISAVIS_OPERATOR_KEY === undefined) {
    throw new AvatarError(
      'CONFIG_INVALID',
      'Cannot use VISAVIS_TRUST_PROXY without VISAVIS_OPERATOR_KEY: everybody who comes through a proxy seems to be local',
    );
  }
  if (remoteUrl !== undefined) checkRemote(env, remoteUrl, isPrivate);
  return Object.freeze({
    host: env.HOST,
    port: env.PORT,
    dataDir: resolve(env.VISAVIS_DATA_DIR ?? defaultDataFolder(environment)),
    logLevel: env.VISAVIS_LOG_LEVEL,
    // Five avatars of 25 frames a second fit two cores (bench/capacity.ts).
    capacity: env.VISAVIS_CAPACITY ?? Math.max(1, Math.floor(availableParallelism() * 2.5)),
    motionBundle: resolve(env.VISAVIS_MOTION_BUNDLE ?? join(packageFolder(), BUILT_IN_BUNDLE)),
    badge: env.VISAVIS_BADGE,
    portraits: { diskBudgetBytes: env.VISAVIS_PORTRAITS_MB * 1_000_000, unusedDays: env.VISAVIS_PORTRAIT_DAYS },
    uploadLimitBytes: Math.round(env.VISAVIS_UPLOAD_LIMIT_MB * 1_000_000),
    operatorKey: env.VISAVIS_OPERATOR_KEY,
    drainS: env.VISAVIS_DRAIN_S,
    trustProxy: env.VISAVIS_TRUST_PROXY,
    isPrivate,
    hosts: hostRules(listOf(env.VISAVIS_ALLOWED_HOSTS), listOf(env.VISAVIS_ALLOWED_ORIGINS), isPrivate),
    frameAncestors: listOf(env.VISAVIS_FRAME_ANCESTORS),
    doors: readDoorSettings(environment),
    rtc: {
      iceLite: env.VISAVIS_ICE_LITE,
      hostAddresses: listOf(env.VISAVIS_HOST_ADDRESSES),
      publicAddress: env.VISAVIS_PUBLIC_ADDRESS,
      portRange: portRangeOf(env.VISAVIS_UDP_PORTS),
    },
    speech: readSpeechSettings(environment),
    liveKit: readLiveKitSettings(environment),
    signaling: remoteUrl === undefined ? readSignalingSettings(environment, env.HOST) : undefined,
    remoteSignaling:
      remoteUrl === undefined
        ? undefined
        : {
            url: remoteUrl,
            publicUrl: env.VISAVIS_PUBLIC_SIGNALING_URL ?? remoteUrl,
            secret: env.VISAVIS_PEER_SECRET,
            tokenSecret: env.VISAVIS_TOKEN_SECRET,
          },
  });
}

/** The same rules as for an embedded signaling server, whose settings check themselves. */
function checkRemote(env: z.infer<typeof schema>, remoteUrl: string, isPrivate: boolean): void {
  if (!isPrivate && env.VISAVIS_TOKEN_SECRET === undefined && !env.VISAVIS_OPEN_ROOMS) {
    throw new AvatarError(
      'CONFIG_INVALID',
      `Cannot listen on ${env.HOST} with open uploads: set VISAVIS_TOKEN_SECRET, or VISAVIS_OPEN_ROOMS=true`,
    );
  }
  if (!isLoopback(new URL(remoteUrl).hostname) && env.VISAVIS_PEER_SECRET === undefined) {
    throw new AvatarError('CONFIG_INVALID', `Cannot join ${remoteUrl}: VISAVIS_PEER_SECRET is missing`);
  }
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((part) => part !== '');
}

function portRangeOf(range: string | undefined): readonly [number, number] | undefined {
  if (range === undefined) return undefined;
  const [first = 0, last = 0] = range.split('-').map(Number);
  if (first < 1 || last > 65_535 || first > last) {
    throw new AvatarError(
      'CONFIG_INVALID',
      `Cannot use VISAVIS_UDP_PORTS="${range}": expected FIRST-LAST within 1-65535`,
    );
  }
  return [first, last];
}
