import { AvatarError, messageOf } from '../../../base/errors.ts';
import { requestOutside } from './outgoing-request.ts';
import type { OutgoingRules, Permission } from './outgoing-rules.ts';

export interface WhipTarget {
  readonly url: URL;
  readonly bearer: string | undefined;
}

/** Why a WHIP server did not take an offer. */
export class WhipRefusal extends Error {
  /** Whether the same request may succeed later. */
  readonly mayPass: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, mayPass: boolean, retryAfterMs?: number) {
    super(message);
    this.mayPass = mayPass;
    this.retryAfterMs = retryAfterMs;
  }
}

const TIMEOUT_MS = 10_000;
/** A stopping process waits for it. */
const FAREWELL_TIMEOUT_MS = 2000;
const MOST_REDIRECTS = 3;
/** What tells to try again: too slow, still taken by a former connection, too early, too often (RFC 9110; RFC 8470; RFC 6585). */
const PASSING = new Set([408, 409, 425, 429]);
const LONGEST_RETRY_AFTER_S = 300;

/** The HTTP part of a WHIP client (RFC 9725), for one connection. */
export class WhipClient {
  readonly #rules: OutgoingRules;
  readonly #target: WhipTarget;
  #resource: URL | undefined;
  #permission: Permission | undefined;

  constructor(rules: OutgoingRules, target: WhipTarget) {
    this.#rules = rules;
    this.#target = target;
  }

  /** Whether packets may be sent to an address that the answer names. */
  mayReach(address: string): boolean {
    return this.#permission?.mayReach(address) === true;
  }

  /** @returns the answer. @throws WhipRefusal. */
  async offer(offerSdp: string): Promise<string> {
    let { url } = this.#target;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const { status, headers, body } = await this.#request(url, 'POST', offerSdp);
      if (status === 307 || status === 308) {
        url = this.#resolve(headers.location, url);
        continue;
      }
      if (status !== 201) {
        const seconds = Number(headers['retry-after']);
        const retryAfterMs = seconds > 0 ? Math.min(seconds, LONGEST_RETRY_AFTER_S) * 1000 : undefined;
        throw new WhipRefusal(`It answered ${status}`, PASSING.has(status) || status >= 500, retryAfterMs);
      }
      // Some servers leave it out; their connection ends when ours does.
      if (headers.location !== undefined) this.#resource = this.#resolve(headers.location, url);
      return body;
    }
    throw new WhipRefusal(`It redirected more than ${MOST_REDIRECTS} times`, false);
  }

  /** Tells the server that the connection is over; it may not hear of it. */
  async end(): Promise<void> {
    const resource = this.#resource;
    this.#resource = undefined;
    if (resource !== undefined) await this.#request(resource, 'DELETE').catch(() => undefined);
  }

  async #request(url: URL, method: 'DELETE' | 'POST', body?: string) {
    const { bearer } = this.#target;
    // A token is for the server that it was given for.
    const isTheirs = url.origin === this.#target.url.origin;
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/sdp', accept: 'application/sdp' }),
      ...(bearer === undefined || !isTheirs ? {} : { authorization: `Bearer ${bearer}` }),
    };
    try {
      const permission = this.#rules.check(url);
      this.#permission = permission;
      return await requestOutside({
        url,
        method,
        headers,
        permission,
        timeoutMs: method === 'DELETE' ? FAREWELL_TIMEOUT_MS : TIMEOUT_MS,
        ...(body === undefined ? {} : { body }),
      });
    } catch (thrown) {
      const isForbidden = thrown instanceof AvatarError && thrown.code === 'TARGET_REFUSED';
      throw new WhipRefusal(messageOf(thrown), !isForbidden);
    }
  }

  #resolve(location: string | undefined, base: URL): URL {
    if (location !== undefined && URL.canParse(location, base.href)) return new URL(location, base);
    throw new WhipRefusal('Its Location is no address', false);
  }
}
