import { z } from 'zod';

import { AvatarError } from '../src/base/errors.ts';
import { US_PER_S } from '../src/base/timeline.ts';
import type { HostRules } from './origin.ts';
import { DEFAULT_SIGNALING_LIMITS, type SignalingOptions } from './options.ts';

/** A list in one variable: `a,b c`. */
const list = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''));
const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
const flag = z
  .enum(['true', 'false', ''])
  .default('false')
  .transform((text) => text === 'true');
/** An empty variable is how compose files say "unset". */
export const optional = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));

/** HMAC-SHA256 wants a key as long as its output (RFC 7518, 3.2); `openssl rand -hex 32` gives twice as much. */
const SECRET_CHARACTERS = 32;
const DIFFERENT_CHARACTERS = 8;

/** A secret that machines share: too long to guess, and not one character many times over. */
export const sharedSecret = optional.refine(
  (secret) =>
    secret === undefined || (secret.length >= SECRET_CHARACTERS && new Set(secret).size >= DIFFERENT_CHARACTERS),
  `expected ${SECRET_CHARACTERS} random characters or more, as \`openssl rand -hex 32\` prints them`,
);

/** A person may have to type it, and every guess is a request. */
export const operatorKey = optional.refine(
  (key) => key === undefined || key.length >= 16,
  'expected 16 characters or more',
);

const schema = z.object({
  VISAVIS_SIGNALING_HOST: z.string().default('127.0.0.1'),
  VISAVIS_SIGNALING_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  VISAVIS_TOKEN_SECRET: sharedSecret,
  VISAVIS_PEER_SECRET: sharedSecret,
  VISAVIS_OPEN_ROOMS: flag,
  VISAVIS_ALLOWED_ORIGINS: list,
  VISAVIS_ALLOWED_HOSTS: list,
  VISAVIS_OPERATOR_KEY: operatorKey,
  VISAVIS_TRUST_PROXY: flag,
  VISAVIS_STUN_URLS: list,
  VISAVIS_TURN_URLS: list,
  VISAVIS_TURN_SECRET: sharedSecret,
  VISAVIS_TURN_LIFETIME_S: count(3600),
  VISAVIS_ROOM_MEMBERS: z.coerce.number().int().min(1).max(4).default(DEFAULT_SIGNALING_LIMITS.membersPerRoom),
  VISAVIS_ROOMS: count(DEFAULT_SIGNALING_LIMITS.rooms),
  VISAVIS_RESUME_S: count(DEFAULT_SIGNALING_LIMITS.resumeWindowUs / US_PER_S),
  VISAVIS_MESSAGES_PER_SECOND: count(DEFAULT_SIGNALING_LIMITS.messagesPerSecond),
  VISAVIS_SOCKETS_PER_ADDRESS: count(DEFAULT_SIGNALING_LIMITS.socketsPerAddress),
  VISAVIS_PLACES_PER_ADDRESS: count(DEFAULT_SIGNALING_LIMITS.placesPerAddress),
});

export type SignalingSettings = Omit<SignalingOptions, 'clock' | 'log' | 'unixTimeS' | 'store'> & {
  readonly host: string;
  readonly port: number;
  readonly operatorKey: string | undefined;
  readonly hosts: HostRules;
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads what the signaling server needs from the environment; the embedded one is given the host it is served on.
 * @throws AvatarError `CONFIG_INVALID`, naming the variable, also when more than this machine could enter every room or
 * register as an avatar process.
 */
export function readSignalingSettings(environment: Environment, servedOn?: string): SignalingSettings {
  const result = schema.safeParse(environment);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new AvatarError(
      'CONFIG_INVALID',
      `Cannot use ${issue?.path.join('.') ?? 'a setting'}: ${issue?.message ?? ''}`,
    );
  }
  const env = result.data;
  const host = servedOn ?? env.VISAVIS_SIGNALING_HOST;
  // A proxy brings the network in, wherever the server itself listens.
  const isPrivate = isLoopback(host) && !env.VISAVIS_TRUST_PROXY;
  const where = isLoopback(host) ? 'behind a proxy' : `on ${host}`;
  if (!isPrivate && env.VISAVIS_TOKEN_SECRET === undefined && !env.VISAVIS_OPEN_ROOMS) {
    throw new AvatarError(
      'CONFIG_INVALID',
      `Cannot listen ${where} with open rooms: set VISAVIS_TOKEN_SECRET, or VISAVIS_OPEN_ROOMS=true to let anyone in`,
    );
  }
  // An embedded signaling server makes a secret of its own.
  if (servedOn === undefined && !isPrivate && env.VISAVIS_PEER_SECRET === undefined) {
    throw new AvatarError(
      'CONFIG_INVALID',
      `Cannot listen ${where} without VISAVIS_PEER_SECRET: anyone could register as an avatar process`,
    );
  }
  if (env.VISAVIS_TURN_URLS.length > 0 && env.VISAVIS_TURN_SECRET === undefined) {
    throw new AvatarError('CONFIG_INVALID', 'Cannot use VISAVIS_TURN_URLS: VISAVIS_TURN_SECRET is missing');
  }
  return Object.freeze({
    host,
    port: env.VISAVIS_SIGNALING_PORT,
    operatorKey: env.VISAVIS_OPERATOR_KEY,
    tokenSecret: env.VISAVIS_TOKEN_SECRET,
    peerSecret: env.VISAVIS_PEER_SECRET,
    allowedOrigins: env.VISAVIS_ALLOWED_ORIGINS,
    hosts: hostRules(env.VISAVIS_ALLOWED_HOSTS, env.VISAVIS_ALLOWED_ORIGINS, isPrivate),
    trustProxy: env.VISAVIS_TRUST_PROXY,
    stunUrls: env.VISAVIS_STUN_URLS,
    turn:
      env.VISAVIS_TURN_SECRET === undefined || env.VISAVIS_TURN_URLS.length === 0
        ? undefined
        : { urls: env.VISAVIS_TURN_URLS, secret: env.VISAVIS_TURN_SECRET, lifetimeS: env.VISAVIS_TURN_LIFETIME_S },
    limits: {
      membersPerRoom: env.VISAVIS_ROOM_MEMBERS,
      rooms: env.VISAVIS_ROOMS,
      resumeWindowUs: env.VISAVIS_RESUME_S * US_PER_S,
      messagesPerSecond: env.VISAVIS_MESSAGES_PER_SECOND,
      socketsPerAddress: env.VISAVIS_SOCKETS_PER_ADDRESS,
      // Whoever sits at this machine may fill it.
      placesPerAddress: isPrivate ? Infinity : env.VISAVIS_PLACES_PER_ADDRESS,
    },
  });
}

/** Names that are listed, and those of the pages that are: a page is served by the name it has. */
export function hostRules(names: readonly string[], origins: readonly string[], isPrivate: boolean): HostRules {
  const ofOrigins = names.length > 0 || isPrivate ? origins.filter((origin) => URL.canParse(origin)) : [];
  const all = [...names, ...ofOrigins.map((origin) => new URL(origin).hostname)];
  return { names: all.map((name) => name.toLowerCase()), onlyLoopback: isPrivate };
}

/** Whether only this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
