import { json, Router } from 'express';
import type { Spoken, Voices } from '../../../protocol/http.ts';
import { speechMessageSchema, type AidMessage } from '../../../protocol/speech.ts';
import { bearerOf } from '../../../signaling/secret.ts';
import type { SpeechDesk } from './speech-desk.ts';
import { fail } from '../http/failure.ts';

/**
 * Type-to-speak for programs, described in `docs/api.md`: `GET /api/v1/speech/voices` ·
 * `POST /api/v1/speech/:participantId/{say,stop,repeat,composing}` with the participant's speech token.
 */
export function speechRoutes(desk: SpeechDesk): Router {
  const routes = Router();

  routes.get('/voices', (_request, response) => {
    const voices: Voices = { voices: desk.voices };
    response.json(voices);
  });

  // Four times the longest text: JSON may write each character as \uXXXX, and 100 kB of text is refused in words.
  routes.post('/:participantId/:verb', json({ limit: '700kb' }), async (request, response) => {
    const { participantId, verb } = request.params;
    if (!['say', 'stop', 'repeat', 'composing'].includes(verb)) {
      fail(response, 404, 'NOT_FOUND', 'There is no such address');
      return;
    }
    const session = await desk.enter(participantId, bearerOf(request.headers) ?? '');
    const id = `api-${++sayCount}`;
    const message = speechMessageSchema.safeParse({ id, ...membersOf(request.body), type: `speech-${verb}` });
    if (!message.success) {
      const issue = message.error.issues[0];
      fail(response, 400, 'REQUEST_INVALID', `Cannot read "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}`);
      return;
    }
    const notices: AidMessage[] = [];
    const end = session.listen((heard) => {
      if (heard.type === 'speech-notice') notices.push(heard);
    });
    const taken = session.receive(message.data);
    end();
    const full = notices.some((heard) => heard.type === 'speech-notice' && heard.notice === 'full');
    if (full) response.setHeader('retry-after', '2');
    const said = 'id' in message.data ? message.data.id : undefined;
    const spoken: Spoken = { ...(said === undefined ? {} : { id: said }), taken, notices };
    response.status(taken ? 202 : full ? 429 : 422).json(spoken);
  });

  return routes;
}

let sayCount = 0;

function membersOf(body: unknown): object {
  return typeof body === 'object' && body !== null ? body : {};
}
