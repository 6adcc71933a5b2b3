import { json, Router, type Request } from 'express';
import { z } from 'zod';
import { portraitIdSchema } from '../../../protocol/names.ts';
import { AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { Entry } from '../doors/entry.ts';
import { ownerKeyOf } from '../http/access.ts';
import { parsed } from '../http/parsed.ts';
import { perMinute } from '../http/per-minute.ts';
import { readParticipantToken } from './livekit-token.ts';

/** An avatar that somebody asked for over HTTP. */
export interface PluginRequest {
  readonly portraitId: string;
  readonly ownerKey: string | undefined;
  readonly url: string;
  readonly token: string;
  readonly onEnd: (reason: string) => void;
}

type Avatar = Closable & { readonly id: string };

export interface PluginRoutesOptions {
  readonly entry: Pick<Entry, 'check'>;
  /** The one LiveKit server to which avatars are sent. */
  readonly url: string;
  readonly open: (request: PluginRequest) => Promise<Avatar>;
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
  /** By room and identity: a plugin that does not wait asks again for the same one. */
  readonly #avatars = new Map<string, Promise<Avatar>>();

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
    const avatars = [...this.#avatars.values()];
    this.#avatars.clear();
    // One that could not come has told whoever asked for it.
    await Promise.all(
      avatars.map((avatar) =>
        avatar.then(
          (open) => open.close(),
          () => undefined,
        ),
      ),
    );
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
    const { room, identity } = readParticipantToken(roomToken);
    const place = JSON.stringify([room, identity]);
    const here = this.#avatars.get(place);
    if (here !== undefined) return (await here).id;
    const avatar = this.#options.open({
      portraitId,
      ownerKey: ownerKeyOf(request),
      url: this.#options.url,
      token: roomToken,
      onEnd: (reason) => {
        this.#options.logger.info('livekit.session-ended', { reason });
        if (this.#avatars.get(place) === avatar) this.#avatars.delete(place);
      },
    });
    this.#avatars.set(place, avatar);
    try {
      return (await avatar).id;
    } catch (thrown) {
      this.#avatars.delete(place);
      throw thrown;
    }
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
