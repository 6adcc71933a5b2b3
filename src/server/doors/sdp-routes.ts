import { randomBytes } from 'node:crypto';
import { raw, Router, type Request, type RequestHandler, type Response } from 'express';
import { visitorOf } from '../../../signaling/origin.ts';
import { AvatarError } from '../../base/errors.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { IceCredentials } from '../../peer/rtc/connection.ts';
import type { Watching } from '../../peer/avatar-peer.ts';
import { fragmentOf, readSdpFragment } from '../../peer/rtc/wire/sdp-fragment.ts';
import { fail } from '../http/failure.ts';
import { perMinute } from '../http/per-minute.ts';

export interface SdpEndpoint {
  /** Where it is mounted: `/whip` or `/whep`. */
  readonly path: string;
  /**
   * Answers an offer.
   * @param name - what stands behind the path. @param onEnd - the connection is gone.
   * @throws AvatarError what the caller is to be told.
   */
  readonly open: (request: Request, name: string, offerSdp: string, onEnd: () => void) => Promise<Watching>;
  /** `Link` headers that name ICE servers. @param id - for whom credentials are made. */
  readonly iceServers: (id: string) => readonly string[];
  readonly trustProxy: boolean;
  /** Connections of one address at once, those that are being opened included; 40 unless given. */
  readonly connectionsPerAddress?: number;
}

interface Resource {
  readonly peer: Watching;
  readonly name: string;
  readonly address: string;
  /** Counts ICE restarts; the entity tag. */
  restarts: number;
}

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
const OFFERS_PER_MINUTE = 60;
const CONNECTIONS_PER_ADDRESS = 40;

/**
 * SDP over HTTP: `POST /NAME` takes an offer and answers it, `PATCH /NAME/ID` trickles candidates and restarts ICE, `DELETE
 * /NAME/ID` ends the connection (RFC 9725; draft-ietf-wish-whep). The address of a connection is its key: nobody else knows it.
 */
export class SdpRoutes implements Closable {
  readonly router = Router();
  readonly #endpoint: SdpEndpoint;
  readonly #resources = new Map<string, Resource>();
  /** Addresses of offers that are being answered, one entry for each. */
  readonly #opening: string[] = [];

  constructor(endpoint: SdpEndpoint) {
    this.#endpoint = endpoint;
    const { router } = this;
    router.use(allowOtherOrigins);
    router.options('/:name', (_request, response) => {
      response.setHeader('accept-post', SDP);
      response.status(204).end();
    });
    router.options('/:name/:id', (_request, response) => {
      response.setHeader('accept-patch', FRAGMENT);
      response.status(204).end();
    });
    router.post('/:name', perMinute(OFFERS_PER_MINUTE, endpoint.trustProxy, 'Too many offers'));
    router.post('/:name', raw({ type: SDP, limit: '64kb' }), (request, response) =>
      this.#offer(request, response, request.params.name),
    );
    router.patch('/:name/:id', raw({ type: FRAGMENT, limit: '16kb' }), (request, response) =>
      this.#patch(request, response, request.params.name, request.params.id),
    );
    router.delete('/:name/:id', async (request, response) => {
      const resource = this.#resourceOf(request.params.name, request.params.id);
      this.#resources.delete(request.params.id);
      await resource.peer.close();
      // 204 would do for the RFC; OBS takes only 200 for success.
      response.status(200).end();
    });
    router.all('/:name', (_request, response) => {
      refuseMethod(response, 'POST, OPTIONS');
    });
    router.all('/:name/:id', (_request, response) => {
      refuseMethod(response, 'PATCH, DELETE, OPTIONS');
    });
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const resources = [...this.#resources.values()];
    this.#resources.clear();
    await Promise.all(resources.map(({ peer }) => peer.close()));
  }

  async #offer(request: Request, response: Response, name: string): Promise<void> {
    const { path, iceServers, trustProxy } = this.#endpoint;
    const offerSdp = bodyOf(request);
    if (offerSdp === undefined) {
      response.setHeader('accept-post', SDP);
      fail(response, 415, 'CONTENT_TYPE_WRONG', `Cannot read the offer: send it as ${SDP}`);
      return;
    }
    if (!offerSdp.startsWith('v=0')) {
      fail(response, 400, 'REQUEST_INVALID', 'Cannot read the offer: SDP begins with v=0 (RFC 8866)');
      return;
    }
    const id = randomBytes(18).toString('base64url');
    const peer = await this.#open(request, name, offerSdp, id, visitorOf(request, trustProxy));
    response.setHeader('location', `${path}/${encodeURIComponent(name)}/${id}`);
    response.setHeader('etag', '"0"');
    response.setHeader('accept-patch', FRAGMENT);
    response.setHeader('cache-control', 'no-store');
    const links = iceServers(id);
    if (links.length > 0) response.setHeader('link', [...links]);
    response.status(201).type(SDP).send(peer.answerSdp);
  }

  async #open(request: Request, name: string, offerSdp: string, id: string, address: string): Promise<Watching> {
    const { open, connectionsPerAddress = CONNECTIONS_PER_ADDRESS } = this.#endpoint;
    const addresses = [...this.#opening, ...[...this.#resources.values()].map((resource) => resource.address)];
    const here = addresses.filter((each) => each === address).length;
    if (here >= connectionsPerAddress) {
      throw new AvatarError('VIEWERS_TOO_MANY', `Cannot connect: this address has ${here} connections already`);
    }
    this.#opening.push(address);
    try {
      const ending = { isOver: false };
      const peer = await open(request, name, offerSdp, () => {
        ending.isOver = true;
        this.#resources.delete(id);
      });
      if (!ending.isOver) this.#resources.set(id, { peer, name, address, restarts: 0 });
      return peer;
    } finally {
      this.#opening.splice(this.#opening.indexOf(address), 1);
    }
  }

  async #patch(request: Request, response: Response, name: string, id: string): Promise<void> {
    const resource = this.#resourceOf(name, id);
    const body = bodyOf(request);
    if (body === undefined) {
      response.setHeader('accept-patch', FRAGMENT);
      fail(response, 415, 'CONTENT_TYPE_WRONG', `Cannot read the fragment: send it as ${FRAGMENT}`);
      return;
    }
    const condition = request.headers['if-match'];
    if (condition === undefined) {
      fail(
        response,
        428,
        'CONDITION_MISSING',
        'Say which ICE session is meant: If-Match with its ETag, or * to restart',
      );
      return;
    }
    if (condition !== '*' && condition !== `"${resource.restarts}"`) {
      fail(response, 412, 'CONDITION_FAILED', 'That ICE session is over: its ETag has changed');
      return;
    }
    const fragment = readSdpFragment(body);
    if (fragment === undefined) {
      fail(response, 400, 'REQUEST_INVALID', 'Cannot read the fragment: it is not an SDP fragment (RFC 8840, 9)');
      return;
    }
    const { usernameFragment, password, candidates } = fragment;
    if (condition === '*') {
      if (usernameFragment === undefined || password === undefined) {
        fail(response, 400, 'REQUEST_INVALID', 'Cannot restart ICE without new ice-ufrag and ice-pwd');
        return;
      }
      await this.#restart(response, resource, { usernameFragment, password });
    }
    for (const candidate of candidates) await resource.peer.addCandidate(candidate);
    if (condition !== '*') response.status(204).end();
  }

  async #restart(response: Response, resource: Resource, credentials: IceCredentials): Promise<void> {
    const answerSdp = await resource.peer.restart(credentials);
    resource.restarts++;
    response.setHeader('etag', `"${resource.restarts}"`);
    response.setHeader('cache-control', 'no-store');
    response.status(200).type(FRAGMENT).send(fragmentOf(answerSdp));
  }

  #resourceOf(name: string, id: string): Resource {
    const resource = this.#resources.get(id);
    if (resource?.name === name) return resource;
    throw new AvatarError('SESSION_UNKNOWN', 'There is no such connection, or it is over');
  }
}

/** Whatever page a player stands on: what it may do is decided by its token. */
const allowOtherOrigins: RequestHandler = (_request, response, next) => {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-methods', 'POST, PATCH, DELETE, OPTIONS');
  response.setHeader('access-control-allow-headers', 'Authorization, Content-Type, If-Match');
  response.setHeader('access-control-expose-headers', 'Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After');
  response.setHeader('access-control-max-age', '86400');
  next();
};

function refuseMethod(response: Response, allowed: string): void {
  response.setHeader('allow', allowed);
  fail(response, 405, 'METHOD_REFUSED', `This address takes ${allowed}`);
}

/** @returns the body as text; nothing when it was of another type, which the parser leaves alone. */
function bodyOf(request: Request): string | undefined {
  const body: unknown = request.body;
  return Buffer.isBuffer(body) ? body.toString('utf8') : undefined;
}
