import { raw, Router, type Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

import { API_PATH, type Portrait, type PortraitList } from '../../../protocol/http.ts';
import { AvatarError } from '../../base/errors.ts';
import { nameOf, PORTRAIT_NAME_LIMIT } from '../../../protocol/display-names.ts';
import type { PortraitRecord, PortraitStore } from '../portrait-store.ts';
import { ownerKeyOf, type Access } from './access.ts';
import { perMinute } from './per-minute.ts';

export interface PortraitRoutesOptions {
  readonly portraits: PortraitStore;
  readonly access: Access;
  readonly uploadLimitBytes: number;
  readonly trustProxy: boolean;
}

/** Enrolment is a second of a core: a person tries a few pictures, a script does not get to try hundreds. */
const UPLOADS_PER_MINUTE = 20;

/**
 * Under `/api/v1/portraits`: `GET /` · `POST /?name=&consent=&scope=` with the picture as body · `GET /:id/thumbnail` ·
 * `GET /:id/preview`, a portrait of the program that moves · `DELETE /:id`. A browser shows the same `x-visavis-owner` key at each; what it uploaded is listed to it
 * alone.
 */
export function portraitRoutes(options: PortraitRoutesOptions): Router {
  const { portraits, access, uploadLimitBytes } = options;
  const routes = Router();

  routes.get('/', (request, response) => {
    const ownerKey = ownerKeyOf(request);
    // A visitor without a key owns nothing; the operator asks for all by name.
    const wantsAll = request.query['all'] === 'true';
    if (wantsAll) access.requireOperator(request);
    const list = portraits.list(wantsAll ? undefined : (ownerKey ?? ''));
    response.setHeader('cache-control', 'no-store');
    const body: PortraitList = {
      portraits: list.map((record) => viewOf(record, ownerKey, portraits)),
      arriving: portraits.arriving,
    };
    response.json(body);
  });

  routes.post(
    '/',
    perMinute(UPLOADS_PER_MINUTE, options.trustProxy, 'Too many uploads'),
    async (request, _response, next) => {
      await access.requireGuest(request);
      portraits.prepare();
      next();
    },
    raw({ type: () => true, limit: uploadLimitBytes }),
    async (request, response) => {
      const ownerKey = ownerKeyOf(request);
      if (ownerKey === undefined)
        throw new AvatarError('TOKEN_INVALID', 'Cannot upload without an x-visavis-owner key');
      const image: unknown = request.body;
      if (!Buffer.isBuffer(image) || image.length === 0) {
        throw new AvatarError('IMAGE_UNREADABLE', 'Cannot enrol nothing: send the picture as the body');
      }
      const record = await portraits.add({
        image,
        ownerKey,
        ...(request.ip === undefined ? {} : { from: ipKeyGenerator(request.ip) }),
        name: nameOf(textOf(request, 'name'), PORTRAIT_NAME_LIMIT) || 'Portrait',
        consent: textOf(request, 'consent'),
        scope: textOf(request, 'scope') || 'live-call',
      });
      response.status(201).json(viewOf(record, ownerKey, portraits));
    },
  );

  routes.get('/:id/thumbnail', async (request, response) => {
    const { id } = request.params;
    const { mediaType, bytes } = await portraits.thumbnail(id);
    // Whoever meets a face in a call does not get its picture: this is for those who may wear it.
    if (!access.isOperator(request)) portraits.requireUse(id, ownerKeyOf(request));
    response.setHeader('cache-control', 'private, max-age=300');
    response.setHeader('vary', 'x-visavis-owner');
    response.type(mediaType).send(Buffer.from(bytes));
  });

  routes.get('/:id/preview', async (request, response) => {
    const bytes = await portraits.preview(request.params.id);
    if (bytes === undefined) throw new AvatarError('PORTRAIT_UNKNOWN', 'There is no moving picture of this portrait');
    response.setHeader('cache-control', 'private, max-age=3600');
    response.type('image/webp').send(Buffer.from(bytes));
  });

  routes.delete('/:id', async (request, response) => {
    const { id } = request.params;
    const ownerKey = ownerKeyOf(request);
    if (ownerKey === undefined || !portraits.isOwner(id, ownerKey)) access.requireOperator(request);
    if (portraits.record(id).builtIn) {
      throw new AvatarError('SIGNALING_REFUSED', 'This portrait came with the program and cannot be deleted');
    }
    await portraits.delete(id);
    response.status(204).end();
  });

  return routes;
}

/** What a page is told of a portrait: neither its hash nor its owner. */
function viewOf(record: PortraitRecord, ownerKey: string | undefined, portraits: PortraitStore): Portrait {
  const { id, name, credit, builtIn, createdAt } = record;
  const mine = ownerKey !== undefined && portraits.isOwner(id, ownerKey);
  const path = `${API_PATH}/portraits/${id}`;
  const preview = builtIn ? { preview: `${path}/preview` } : {};
  return { id, name, credit, builtIn, mine, createdAt, thumbnail: `${path}/thumbnail`, ...preview };
}

function textOf(request: Request, name: string): string {
  const value = request.query[name];
  // Control and direction characters would let a name lie about itself in a list.
  return typeof value === 'string' ? value.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').trim() : '';
}
