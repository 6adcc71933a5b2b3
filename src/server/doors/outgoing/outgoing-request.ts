import { lookup } from 'node:dns';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { refused, type Permission } from './outgoing-rules.ts';

export interface OutgoingRequest {
  readonly url: URL;
  readonly method: 'DELETE' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly permission: Permission;
  readonly timeoutMs: number;
}

export interface OutgoingReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** At most `MAX_REPLY_BYTES`; what is longer fails. */
  readonly body: string;
}

const MAX_REPLY_BYTES = 131_072;

/**
 * One request to somebody else's server. The address that its name leads to is checked where the connection is made, so that
 * no second look-up can lead elsewhere. Redirections are not followed.
 * @throws Error when no reply comes within the time, or AvatarError `TARGET_REFUSED` for an address that may not be reached.
 */
export function requestOutside(options: OutgoingRequest): Promise<OutgoingReply> {
  const { url, method, headers, body, permission, timeoutMs } = options;
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
        lookup: lookupWithin(permission),
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (reply) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        reply.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > MAX_REPLY_BYTES) outgoing.destroy(new Error(`the reply has more than ${MAX_REPLY_BYTES} bytes`));
          else parts.push(part);
        });
        reply.on('error', reject);
        reply.on('end', () => {
          resolve({
            status: reply.statusCode ?? 0,
            headers: reply.headers,
            body: Buffer.concat(parts).toString('utf8'),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** @returns a look-up that finds only addresses which may be reached. */
function lookupWithin({ mayReach }: Permission): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const allowed = error === null ? addresses.filter(({ address }) => mayReach(address)) : [];
      const [first] = allowed;
      if (error !== null) callback(error, '', 0);
      else if (first === undefined) callback(refused('its name leads to no address on the internet'), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
