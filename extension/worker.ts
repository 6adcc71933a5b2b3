import { DEFAULT_SETTINGS, type Reply, type Request, type Settings } from './messages.ts';

/** A connection that this extension asked the server for; kept in the browser's memory, because a worker is ended after 30 s. */
interface Kept {
  readonly resource: string;
  readonly room: string;
}

/** A voice needs a moment until its avatar can be watched. */
const WATCH_ATTEMPTS = 20;
const WATCH_AGAIN_MS = 250;

chrome.runtime.onMessage.addListener((message, _sender, reply) => {
  obey(message as Request).then(reply, (thrown: unknown) => {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    reply({ type: 'failure', message: `Visavis cannot be reached: ${reason}` } satisfies Reply);
  });
  return true;
});

async function obey(request: Request): Promise<Reply> {
  const settings = (await chrome.storage.local.get(DEFAULT_SETTINGS)) as unknown as Settings;
  if (request.type === 'publish') {
    const room = settings.room === '' ? `call-${crypto.randomUUID()}` : settings.room;
    const query = settings.portrait === '' ? '' : `?${new URLSearchParams({ portrait: settings.portrait }).toString()}`;
    return offer(settings, `/whip/${encodeURIComponent(room)}${query}`, room, request.sdp);
  }
  const kept = await find(request.connection);
  if (kept === null) return { type: 'failure', message: 'That connection is over' };
  if (request.type === 'end') {
    await chrome.storage.session.remove(request.connection);
    await fetch(kept.resource, { method: 'DELETE' });
    return { type: 'ended' };
  }
  return offer(settings, `/whep/${encodeURIComponent(kept.room)}`, kept.room, request.sdp);
}

/** SDP over HTTP: WHIP (RFC 9725) and WHEP. */
async function offer({ server, token }: Settings, path: string, room: string, body: string): Promise<Reply> {
  const headers = {
    'content-type': 'application/sdp',
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(new URL(path, server), { method: 'POST', headers, body });
    if (response.status === 409 && attempt < WATCH_ATTEMPTS) {
      await new Promise((later) => setTimeout(later, WATCH_AGAIN_MS));
      continue;
    }
    if (response.status !== 201) return { type: 'failure', message: await problemOf(response) };
    const connection = crypto.randomUUID();
    const resource = new URL(response.headers.get('location') ?? '', server).href;
    await chrome.storage.session.set({ [connection]: { resource, room } satisfies Kept });
    return { type: 'answer', connection, sdp: await response.text() };
  }
}

async function find(connection: string): Promise<Kept | null> {
  return (await chrome.storage.session.get({ [connection]: null }))[connection] as Kept | null;
}

async function problemOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => undefined)) as
    { readonly error?: { readonly message?: string } } | undefined;
  return `Visavis refused: ${body?.error?.message ?? `status ${response.status}`}`;
}
