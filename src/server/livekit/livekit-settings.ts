import { z } from 'zod';
import { optional } from '../../../signaling/settings.ts';
import { AvatarError } from '../../base/errors.ts';
import type { LiveKitKey } from './livekit-token.ts';

/** How this process works for a LiveKit server. */
export interface LiveKitSettings {
  readonly url: string;
  readonly key: LiveKitKey;
  /** By which dispatches name it. */
  readonly agentName: string;
}

const schema = z.object({
  VISAVIS_LIVEKIT_URL: optional.refine(
    (url) => url === undefined || /^(?:wss?|https?):\/\/[^/]/.test(url),
    'expected ws://, wss://, http:// or https://',
  ),
  VISAVIS_LIVEKIT_API_KEY: optional,
  VISAVIS_LIVEKIT_API_SECRET: optional,
  VISAVIS_LIVEKIT_AGENT: optional,
});

/**
 * @returns the settings, or nothing where no LiveKit server is named.
 * @throws AvatarError `CONFIG_INVALID`.
 */
export function readLiveKitSettings(
  environment: Readonly<Record<string, string | undefined>>,
): LiveKitSettings | undefined {
  const result = schema.safeParse(environment);
  if (!result.success) {
    throw new AvatarError('CONFIG_INVALID', `Cannot use VISAVIS_LIVEKIT_URL: ${result.error.issues[0]?.message ?? ''}`);
  }
  const env = result.data;
  const url = env.VISAVIS_LIVEKIT_URL;
  if (url === undefined) return undefined;
  const [apiKey, apiSecret] = [env.VISAVIS_LIVEKIT_API_KEY, env.VISAVIS_LIVEKIT_API_SECRET];
  if (apiKey === undefined || apiSecret === undefined) {
    const missing = apiKey === undefined ? 'VISAVIS_LIVEKIT_API_KEY' : 'VISAVIS_LIVEKIT_API_SECRET';
    throw new AvatarError('CONFIG_INVALID', `Cannot join ${url}: ${missing} is missing`);
  }
  return { url, key: { apiKey, apiSecret }, agentName: env.VISAVIS_LIVEKIT_AGENT ?? 'visavis' };
}
