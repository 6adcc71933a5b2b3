import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebhookEvent } from '../../../../protocol/webhook.ts';
import { BoundedQueue } from '../../../base/bounded-queue.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Closable } from '../../../base/lifecycle.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Meter } from '../../../base/meter.ts';
import { backOffMs } from './back-off.ts';
import { requestOutside } from './outgoing-request.ts';
import { OutgoingRules } from './outgoing-rules.ts';

export interface WebhookTarget {
  readonly url: URL;
  /** The key of the signatures. */
  readonly secret: Buffer;
}

export interface WebhooksOptions {
  readonly target: WebhookTarget;
  readonly now: () => Date;
  readonly random: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
}

interface Delivery {
  readonly id: string;
  readonly body: string;
}

/** A busy server has about so many events in an hour, in which its receiver may be down. */
const MOST_WAITING = 1000;
/** The waits between them add up to 45 to 91 s, and each may take `TIMEOUT_MS`. A receiver that is away for longer misses the event. */
const ATTEMPTS = 8;
const TIMEOUT_MS = 10_000;
/** How long a stopping process waits until the last events are sent. */
const FLUSH_MS = 3000;
const GONE = 410;

/**
 * Tells the operator's program what happens, one event after the other, signed as the Standard Webhooks specification says:
 * HMAC-SHA-256 over id, time and body. An event that is not taken is sent again, with the same id.
 */
export class Webhooks implements Closable {
  readonly #options: WebhooksOptions;
  readonly #queue = new BoundedQueue<Delivery>('webhook', MOST_WAITING, 'drop-oldest');
  readonly #stopping = new AbortController();
  #working: Promise<void> | undefined;

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  push(event: WebhookEvent): void {
    const before = this.#queue.dropped;
    this.#queue.push({ id: `msg_${randomUUID()}`, body: JSON.stringify(event) });
    if (this.#queue.dropped > before) this.#count('dropped');
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Sends what waits, once more and not for long. */
  async close(): Promise<void> {
    this.#stopping.abort();
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      late = setTimeout(resolve, FLUSH_MS);
    });
    await Promise.race([this.#working, tooLate]);
    clearTimeout(late);
    this.#queue.clear();
  }

  async #work(): Promise<void> {
    for (let delivery = this.#queue.shift(); delivery !== undefined; delivery = this.#queue.shift()) {
      const isTaken = await this.#deliver(delivery);
      this.#count(isTaken ? 'delivered' : 'dropped');
    }
  }

  async #deliver(delivery: Delivery): Promise<boolean> {
    const { logger, random } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const problem = await this.#post(delivery).catch(messageOf);
      if (problem === undefined) return true;
      const isLast = attempt === ATTEMPTS || problem === String(GONE) || this.#stopping.signal.aborted;
      logger.warn('webhook.failed', { attempt, problem: problem.slice(0, 200), isLast });
      if (isLast) return false;
      // A process that stops does not wait.
      await pause(backOffMs(attempt, random()), undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  /** @returns what went wrong. */
  async #post({ id, body }: Delivery): Promise<string | undefined> {
    const { now, target } = this.#options;
    const { url, secret } = target;
    const timestamp = Math.floor(now().getTime() / 1000).toString();
    const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
    const { status } = await requestOutside({
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
      // The operator's own choice of host; a redirection elsewhere is not followed.
      permission: new OutgoingRules([url.host]).check(url),
      timeoutMs: TIMEOUT_MS,
    });
    return status >= 200 && status < 300 ? undefined : status.toString();
  }

  #count(outcome: 'delivered' | 'dropped'): void {
    this.#options.meter.counter('avatar_webhook_events_total', 'Events for the webhook').add(1, { outcome });
  }
}
