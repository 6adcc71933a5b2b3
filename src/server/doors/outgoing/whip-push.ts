import type { PublishState } from '../../../../protocol/session.ts';
import { AvatarError, messageOf } from '../../../base/errors.ts';
import type { Closable } from '../../../base/lifecycle.ts';
import type { AvatarPeer } from '../../../peer/avatar-peer.ts';
import { backOffMs } from './back-off.ts';
import type { OutgoingRules } from './outgoing-rules.ts';
import { WhipClient, WhipRefusal, type WhipTarget } from './whip-client.ts';

export interface WhipPushOptions {
  readonly peer: Pick<AvatarPeer, 'send'>;
  readonly participantId: string;
  readonly target: WhipTarget;
  readonly rules: OutgoingRules;
  readonly now: () => Date;
  readonly random: () => number;
  readonly onState: (state: PublishState) => void;
}

/** Sends an avatar to somebody else's WHIP server, and tries again when that fails, until it is closed or refused for good. */
export class WhipPush implements Closable {
  readonly #options: WhipPushOptions;
  #state: PublishState = { state: 'connecting', attempts: 0 };
  #attempts = 0;
  /** In a row. */
  #failures = 0;
  #client: WhipClient | undefined;
  #sending: Closable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: WhipPushOptions) {
    this.#options = options;
    void this.#attempt();
  }

  get state(): PublishState {
    return this.#state;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#hangUp();
  }

  async #attempt(): Promise<void> {
    const { peer, participantId, rules, target } = this.#options;
    this.#attempts++;
    this.#tell({ state: 'connecting' });
    const client = new WhipClient(rules, target);
    this.#client = client;
    const isCurrent = (): boolean => this.#client === client;
    try {
      const sending = await peer.send({
        participantId,
        viewerId: `push-${participantId}-${this.#attempts}`,
        exchange: (offerSdp) => client.offer(offerSdp),
        mayReach: (address) => client.mayReach(address),
        onConnected: () => {
          if (!isCurrent()) return;
          this.#failures = 0;
          this.#tell({ state: 'live' });
        },
        onEnd: (reason) => {
          if (isCurrent()) void this.#failed(`The connection ended: ${reason}`, true);
        },
      });
      if (isCurrent()) this.#sending = sending;
      else await sending.close();
    } catch (thrown) {
      const isUnusable = thrown instanceof AvatarError && ['SDP_UNUSABLE', 'SESSION_UNKNOWN'].includes(thrown.code);
      const mayPass = thrown instanceof WhipRefusal ? thrown.mayPass : !isUnusable;
      const retryAfterMs = thrown instanceof WhipRefusal ? thrown.retryAfterMs : undefined;
      // After a close in between, the server may have taken the offer all the same.
      if (isCurrent()) await this.#failed(messageOf(thrown), mayPass, retryAfterMs);
      else await client.end();
    }
  }

  async #failed(message: string, mayPass: boolean, retryAfterMs?: number): Promise<void> {
    await this.#hangUp();
    if (this.#isClosed) return;
    const shown = message.slice(0, 200);
    if (!mayPass) {
      this.#tell({ state: 'failed', message: shown });
      return;
    }
    this.#failures++;
    const { now, random } = this.#options;
    const waitMs = retryAfterMs ?? backOffMs(this.#failures, random());
    const retryAt = new Date(now().getTime() + waitMs).toISOString();
    this.#tell({ state: 'waiting', message: shown, retryAt });
    this.#timer = setTimeout(() => void this.#attempt(), waitMs).unref();
  }

  async #hangUp(): Promise<void> {
    const [client, sending] = [this.#client, this.#sending];
    this.#client = undefined;
    this.#sending = undefined;
    await sending?.close();
    await client?.end();
  }

  #tell(state: Omit<PublishState, 'attempts'>): void {
    if (this.#isClosed) return;
    this.#state = { ...state, attempts: this.#attempts };
    this.#options.onState(this.#state);
  }
}
