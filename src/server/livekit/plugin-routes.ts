import { json, Router, type Request } from 'express';
import { z } from 'zod';
import { portraitIdSchema } from '../../../protocol/names.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { Entry } from '../doors/entry.ts';
import { ownerKeyOf } from '../http/access.ts';
import { parsed } from '../http/parsed.ts';
import { perMinute } from '../http/per-minute.ts';

/** An avatar that somebody asked for over HTTP. */
export interface PluginRequest {
  readonly portraitId: string;
  readonly ownerKey: string | undefined;
  readonly url: string;
  readonly token: string;
  readonly onEnd: (reason: string) => void;
}

export interface PluginRoutesOptions {
  readonly entry: Pick<Entry, 'check'>;
  /** The one LiveKit server to which avatars are sent. */
  readonly url: string;
  readonly open: (request: PluginRequest) => Promise<Closable & { readonly id: string }>;
  readonly trustProxy: boolean;
  readonly logger: Logger;
}

const SESSIONS_PER_MINUTE = 30;
const url = z.string().max(500);
const token = z.string().min(1).max(10_000);

/** What the plugin `bey` of LiveKit Agents posts. */
const beySchema = z.object({ avatar_id: portraitIdSchema, livekit_url: url, livekit_token: token });
/** What its plugin `lemonslice` posts; portraits come by their id alone. */
const lemonSliceSchema = z.object({
  transport_type: z.literal('livekit'),
  agent_id: portraitIdSchema,
  properties: z.object({ livekit_url: url, livekit_token: token }),
});

/**
 * Starts avatars as two avatar services do that LiveKit Agents has plugins for, so that those plugins work with this server's
 * address: `POST /livekit/bey/v1/session` and `POST /livekit/lemonslice`. The API key is an invitation or the operator key.
 */
export class PluginRoutes implements Closable {
  readonly router = Router();
  readonly #options: PluginRoutesOptions;
  readonly #avatars = new Set<Closable>();

  constructor(options: PluginRoutesOptions) {
    this.#options = options;
    const { router } = this;
    const limits = [perMinute(SESSIONS_PER_MINUTE, options.trustProxy, 'Too many sessions'), json({ limit: '32kb' })];
    router.post('/bey/v1/session', ...limits, async (request, response) => {
      await this.#check(request);
      const { avatar_id, livekit_url, livekit_token } = parsed(beySchema, request.body ?? {});
      const id = await this.#start(request, avatar_id, livekit_url, livekit_token);
      response.status(201).json({ id, avatar_id });
    });
    router.post('/lemonslice', ...limits, async (request, response) => {
      await this.#check(request);
      const { agent_id, properties } = parsed(lemonSliceSchema, request.body ?? {});
      const id = await this.#start(request, agent_id, properties.livekit_url, properties.livekit_token);
      response.status(201).json({ session_id: id });
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#avatars].map(async (avatar) => avatar.close()));
    this.#avatars.clear();
  }

  async #check(request: Request): Promise<void> {
    const key = request.headers['x-api-key'];
    await this.#options.entry.check(request, typeof key === 'string' ? key : '');
  }

  async #start(request: Request, portraitId: string, serverUrl: string, roomToken: string): Promise<string> {
    // Another address would make this server connect wherever a stranger likes.
    if (!isSameServer(serverUrl, this.#options.url)) {
      throw new AvatarError('TARGET_REFUSED', 'Avatars of this server go to its own LiveKit server alone');
    }
    const late: { avatar?: Closable } = {};
    const avatar = await this.#options.open({
      portraitId,
      ownerKey: ownerKeyOf(request),
      url: this.#options.url,
      token: roomToken,
      onEnd: (reason) => {
        this.#options.logger.info('livekit.session-ended', { reason: messageOf(reason) });
        if (late.avatar !== undefined) this.#avatars.delete(late.avatar);
      },
    });
    late.avatar = avatar;
    this.#avatars.add(avatar);
    return avatar.id;
  }
}

/** Whether both addresses are one server's: `ws` and `http` are the same door. */
function isSameServer(first: string, second: string): boolean {
  const hostOf = (text: string): string => {
    const { host, protocol } = new URL(text);
    return `${/^(?:wss|https):$/.test(protocol) ? 'secure' : 'plain'} ${host}`;
  };
  return URL.canParse(first) && hostOf(first) === hostOf(second);
}
