import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { silentMeter } from '../../../src/base/meter.ts';
import { openOperatorKeys } from '../../../src/server/operator-keys.ts';
import { ProvenanceSigner, verifyProvenance } from '../../../src/server/provenance.ts';
import { speechExtension } from '../../../src/server/speech-extension.ts';
import { readSpeechSettings } from '../../../src/server/speech/speech-settings.ts';
import { openSpeechHost, type SpeechHost } from '../../support/speech-host.ts';

let folder: string;
let server: SpeechHost;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-speech-'));
  const keys = await openOperatorKeys(join(folder, 'keys.json'));
  // Each word is a tenth of a second of a tone.
  const script = `let t = ''; process.stdin.on('data', (d) => (t += d)).on('end', () => process.stdout.write(Buffer.from(Int16Array.from({ length: 1600 * t.split(' ').length }, (_, i) => 9000 * Math.sin(i / 9)).buffer)))`;
  const path = join(folder, 'voices.json');
  await writeFile(
    path,
    JSON.stringify([
      { kind: 'personal', name: 'tone', command: [process.execPath, '-e', script], sampleRateHz: 16_000 },
    ]),
  );
  const settings = readSpeechSettings({ VISAVIS_VOICES: path });
  server = await openSpeechHost(
    speechExtension({
      settings,
      keys,
      trustProxy: false,
      clock: systemClock,
      logger: silentLogger,
      meter: silentMeter,
    }),
  );
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const post = (path: string, token: string, body: object): Promise<Response> =>
  fetch(`${server.url}/api/v1/speech/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });

describe('Type to speak over HTTP', () => {
  test('says a text for whoever has the token', async () => {
    const { outlet, token } = await server.join('p1');
    const response = await post('p1/say', token, { text: 'Good morning everyone' });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ taken: true, notices: [] });
    await vi.waitFor(
      () => {
        expect(outlet.packets).toBeGreaterThan(10);
      },
      { timeout: 5000 },
    );
    expect((await post('p1/stop', token, {})).status).toBe(202);
    expect(outlet.stops).toBe(1);
  });

  test.each([
    ['a wrong token', 'p1/say', 'wrong', { text: 'x' }, 401],
    ['nobody of that name', 'p9/say', undefined, { text: 'x' }, 401],
    ['no text', 'p1/say', undefined, {}, 400],
    ['a language that is none', 'p1/say', undefined, { text: 'x', language: '-v/etc/passwd' }, 400],
    ['a text of more than 100 kB', 'p1/say', undefined, { text: 'x'.repeat(100_001) }, 400],
    ['nothing to say', 'p1/say', undefined, { text: '…' }, 422],
    ['another verb', 'p1/shout', undefined, { text: 'x' }, 404],
  ])('%s is refused', async (_name, path, token, body, status) => {
    const joined = await server.join('p1');
    expect((await post(path, token ?? joined.token, body)).status).toBe(status);
  });

  test('a flood is told when to come again', async () => {
    const { token } = await server.join('p1');
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => post('p1/say', token, { text: 'again and again' })),
    );
    const full = answers.filter(({ status }) => status === 429);
    expect(full.length).toBeGreaterThan(20);
    expect(full[0]?.headers.get('retry-after')).toBe('2');
  });

  test('a token ends with its participant', async () => {
    const { token } = await server.join('p1');
    await server.leave('p1');
    expect((await post('p1/say', token, { text: 'x' })).status).toBe(401);
  });
});

describe('Type to speak over a WebSocket', () => {
  test('enters, speaks, hears what becomes of it, and is told of rubbish', async () => {
    const { token } = await server.join('p1');
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/speech/socket`);
    const heard: { type: string; state?: string }[] = [];
    socket.on('message', (bytes: Buffer) => heard.push(JSON.parse(bytes.toString()) as (typeof heard)[number]));
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'enter', participantId: 'p1', token }));
    socket.send(JSON.stringify({ type: 'speech-say', id: 'a', text: 'Hello' }));
    socket.send('rubbish');
    await vi.waitFor(
      () => {
        expect(heard.at(-1)).toMatchObject({ type: 'speech-state', state: 'ready' });
      },
      { timeout: 5000 },
    );
    expect(heard).toContainEqual({ type: 'entered', voices: [{ name: 'tone', kind: 'personal' }] });
    expect(heard.filter(({ type }) => type === 'speech-state').map(({ state }) => state)).toEqual([
      'preparing',
      'speaking',
      'ready',
    ]);
    expect(heard).toContainEqual({
      type: 'error',
      code: 'MESSAGE_INVALID',
      message: expect.stringContaining('Cannot read the message') as string,
    });
    socket.close();
  });

  test.each([
    ['a wrong token', { type: 'enter', participantId: 'p1', token: 'wrong' }, 4401],
    ['another first message', { type: 'speech-say', id: 'a', text: 'Hello' }, 4400],
  ])('%s closes it', async (_name, message, code) => {
    await server.join('p1');
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/speech/socket`);
    await once(socket, 'open');
    socket.send(JSON.stringify(message));
    expect((await once(socket, 'close'))[0]).toBe(code);
  });
});

describe('A room', () => {
  test('everyone gets signed provenance of everyone, that the published key verifies', async () => {
    const first = await server.join('p1');
    const second = await server.join('p2');
    await vi.waitFor(() => {
      expect(second.outlet.provenance().length).toBeGreaterThanOrEqual(2);
    });
    const response = await fetch(`${server.url}/api/v1/provenance-key`);
    const key = (await response.json()) as { kty: 'OKP'; crv: 'Ed25519'; x: string };
    for (const { participantId, statement } of second.outlet.provenance()) {
      const claims = await verifyProvenance(statement, key);
      expect(claims).toMatchObject({
        participantId,
        kind: 'live',
        roomId: 'room',
        consent: 'live-call',
        consentText: 'I am the person shown',
        synthetic: true,
      });
      expect(claims?.portraitSha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(first.outlet.provenance().map(({ participantId }) => participantId)).toContain('p2');
  });

  test('text as it grows is passed on, and a hello is answered', async () => {
    const { outlet } = await server.join('p1');
    server.push({ type: 'text', roomId: 'room', participantId: 'p1', text: 'He\b' });
    expect(outlet.shown.at(-1)).toEqual({ type: 'typed', participantId: 'p1', name: 'p1', text: 'He\b' });
    const before = outlet.sent.length;
    server.push({ type: 'speech', roomId: 'room', participantId: 'p1', message: { type: 'speech-hello' } });
    await vi.waitFor(() => {
      expect(outlet.sent.length).toBeGreaterThan(before);
    });
  });
});

describe('Operator keys and provenance', () => {
  test('keys are made once, readable by their owner alone, and never replaced', async () => {
    const path = join(folder, 'deep', 'keys.json');
    const [first, second] = await Promise.all([openOperatorKeys(path), openOperatorKeys(path)]);
    expect(second).toEqual(first);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"OKP"', '"RSA"'));
    await expect(openOperatorKeys(path)).rejects.toThrow(/another kind/);
  });

  test('a changed statement, another key and rubbish are not believed', async () => {
    const signer = new ProvenanceSigner(await openOperatorKeys(join(folder, 'a.json')));
    const other = new ProvenanceSigner(await openOperatorKeys(join(folder, 'b.json')));
    const statement = await signer.sign({
      portraitSha256: 'ab',
      consent: 'own',
      consentText: 'mine',
      consentTime: 't',
      kind: 'recording',
      issuedAt: 1,
    });
    expect(await verifyProvenance(statement, signer.publicKey)).toMatchObject({
      portraitSha256: 'ab',
      kind: 'recording',
    });
    const [header, , signature] = statement.split('.');
    const forged = [header, Buffer.from('{"portraitSha256":"cd"}').toString('base64url'), signature].join('.');
    expect(await verifyProvenance(forged, signer.publicKey)).toBeUndefined();
    expect(await verifyProvenance(statement, other.publicKey)).toBeUndefined();
    expect(await verifyProvenance('rubbish', signer.publicKey)).toBeUndefined();
  });
});
