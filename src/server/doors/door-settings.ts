import * as z from 'zod';
import { optional } from '../../../signaling/settings.ts';
import { AvatarError } from '../../base/errors.ts';
import type { SessionLimits } from './session-limits.ts';
import type { WebhookTarget } from './outgoing/webhooks.ts';

/** Settings of the interfaces for programs. `.env.example` says what each is for. */
export interface DoorSettings {
  /** Hosts to which sessions may be sent by WHIP; empty for any on the internet. */
  readonly pushHosts: readonly string[];
  readonly webhook: WebhookTarget | undefined;
  readonly sessions: SessionLimits;
}

const HOST = /^(?:none|(?:\*\.)?[\w.-]+(?::\d{1,5})?|\[[\da-f:]+\](?::\d{1,5})?)$/i;
const count = (fallback: number, least: number) =>
  z.preprocess((text) => (text === '' ? undefined : text), z.coerce.number().int().min(least).default(fallback));

const schema = z.object({
  VISAVIS_PUSH_HOSTS: optional
    .transform((text) => (text ?? '').split(/[\s,]+/).filter((part) => part !== ''))
    .refine(
      (hosts) => hosts.every((host) => HOST.test(host)),
      'expected hosts such as live.example, *.example.org or 10.0.0.5:7088, or none',
    ),
  VISAVIS_WEBHOOK_URL: optional.refine(
    (url) => url === undefined || (/^https?:\/\//.test(url) && URL.canParse(url) && new URL(url).username === ''),
    'expected an http or https address without a password',
  ),
  VISAVIS_WEBHOOK_SECRET: optional.refine(
    (secret) => secret === undefined || (/^whsec_[\w+/-]+=*$/.test(secret) && secretOf(secret).length >= 24),
    'expected whsec_ and 24 random bytes or more in base64, as `echo whsec_$(openssl rand -base64 32)` prints them',
  ),
  VISAVIS_SESSIONS_PER_ADDRESS: count(8, 1),
  VISAVIS_SESSIONS_PER_MINUTE: count(30, 1),
  VISAVIS_SESSION_MINUTES_PER_DAY: count(0, 0),
});

/** @throws AvatarError `CONFIG_INVALID`, naming the variable and what was expected. */
export function readDoorSettings(environment: Readonly<Record<string, string | undefined>>): DoorSettings {
  const result = schema.safeParse(environment);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new AvatarError(
      'CONFIG_INVALID',
      `Cannot use ${issue?.path.join('.') ?? 'a setting'}: ${issue?.message ?? ''}`,
    );
  }
  const env = result.data;
  const { VISAVIS_WEBHOOK_URL: url, VISAVIS_WEBHOOK_SECRET: secret } = env;
  if ((url === undefined) !== (secret === undefined)) {
    throw new AvatarError(
      'CONFIG_INVALID',
      'VISAVIS_WEBHOOK_URL and VISAVIS_WEBHOOK_SECRET belong together: one is missing',
    );
  }
  return {
    pushHosts: env.VISAVIS_PUSH_HOSTS,
    webhook: url === undefined || secret === undefined ? undefined : { url: new URL(url), secret: secretOf(secret) },
    sessions: {
      perAddress: env.VISAVIS_SESSIONS_PER_ADDRESS,
      perMinute: env.VISAVIS_SESSIONS_PER_MINUTE,
      minutesPerDay: env.VISAVIS_SESSION_MINUTES_PER_DAY,
    },
  };
}

function secretOf(text: string): Buffer {
  return Buffer.from(text.slice('whsec_'.length), 'base64');
}
