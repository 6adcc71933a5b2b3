import { json, Router } from 'express';
import { overtakingClearSchema } from '../../../protocol/speak.ts';
import { parsed } from '../http/parsed.ts';
import { perMinute } from '../http/per-minute.ts';
import { tokenOf } from './request-token.ts';
import type { SpeakDesk } from './speak-desk.ts';

/** Somebody who interrupts does it every few seconds at most; one address may have eight sessions. */
const CLEARS_PER_MINUTE = 300;

/** `POST` to the speak address: a `clear` that does not wait behind the sound that the socket holds back. */
export function overtakingClear(desk: SpeakDesk, trustProxy: boolean): Router {
  const routes = Router();
  routes.post(
    '/',
    perMinute(CLEARS_PER_MINUTE, trustProxy, 'Too many clears'),
    json({ limit: '1kb' }),
    (request, response) => {
      const { session } = request.query;
      const { speech } = desk.enter(typeof session === 'string' ? session : '', tokenOf(request), 'speak');
      speech.overtake(parsed(overtakingClearSchema, request.body ?? {}).id);
      response.status(204).end();
    },
  );
  return routes;
}
