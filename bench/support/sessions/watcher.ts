import { once } from 'node:events';
import { WebSocket } from 'ws';
import { sessionSchema, sessionStateSchema, type SessionReply } from '../../../protocol/session.ts';
import { Page } from '../visitor/page.ts';

const ATTEMPTS = 3;
const CONNECT_WITHIN_MS = 10_000;

/** @throws Error when the server opens no session. */
export async function openSession(url: string, body: object = {}): Promise<SessionReply> {
  const response = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return sessionSchema.parse(await response.json());
}

/** @returns an open socket on which a program speaks. Without one a session ends after a minute. */
export async function openSpeaker({ speakUrl }: SessionReply): Promise<WebSocket> {
  const socket = new WebSocket(speakUrl);
  await once(socket, 'open');
  return socket;
}

/**
 * A viewer without a browser. On a busy machine its library may fail a handshake, so it is tried three times.
 * @throws Error when it did not connect.
 */
export async function watch({ whepUrl }: SessionReply): Promise<Page> {
  for (let attempt = 1; ; attempt++) {
    const viewer = new Page({ data: false });
    try {
      await connect(viewer, whepUrl);
      return viewer;
    } catch (thrown) {
      await viewer.peer.close();
      if (attempt === ATTEMPTS) throw new Error('Cannot measure: a viewer did not connect', { cause: thrown });
    }
  }
}

/** How many viewers the server counts. */
export async function viewersOf(url: string, { id, token }: SessionReply): Promise<number> {
  const response = await fetch(`${url}/api/v1/sessions/${id}`, { headers: { authorization: `Bearer ${token}` } });
  return sessionStateSchema.parse(await response.json()).viewers;
}

async function connect(viewer: Page, whepUrl: string): Promise<void> {
  const response = await fetch(whepUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: await viewer.offer(),
    signal: AbortSignal.timeout(CONNECT_WITHIN_MS),
  });
  if (response.status !== 201) throw new Error(`The server answered ${response.status}`);
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => {
      reject(new Error(`not connected within ${CONNECT_WITHIN_MS} ms`));
    }, CONNECT_WITHIN_MS);
  });
  await Promise.race([viewer.accept(await response.text()), tooLate]).finally(() => {
    clearTimeout(late);
  });
}
