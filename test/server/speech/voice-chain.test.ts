import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { CommandVoice } from '../../../src/server/speech/command-voice.ts';
import { HttpVoice } from '../../../src/server/speech/http-voice.ts';
import type { Voice } from '../../../src/server/speech/voice.ts';
import { VoiceChain } from '../../../src/server/speech/voice-chain.ts';

const RATE_HZ = 16_000;
const never = new AbortController().signal;

let asked: string[] = [];
const close: (() => Promise<void>)[] = [];
beforeEach(() => {
  asked = [];
});
afterEach(async () => {
  for (const each of close.splice(0)) await each();
});

/** Speaks all that it is asked. */
const spare: Voice = {
  name: 'spare',
  kind: 'personal',
  async *speak() {
    asked.push('spare');
    yield { samples: new Float32Array(RATE_HZ).fill(0.1), sampleRateHz: RATE_HZ };
  },
};

/** An endpoint that answers a text which is a number with that status, and all others with a second of sound. */
async function endpoint(): Promise<HttpVoice> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { text } = JSON.parse(body) as { text: string };
      asked.push('own');
      if (/^\d{3}$/.test(text)) response.writeHead(Number(text)).end();
      else response.writeHead(200, { 'content-type': `audio/L16; rate=${RATE_HZ}` }).end(Buffer.alloc(2 * RATE_HZ, 7));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  close.push(
    () =>
      new Promise((closed) => {
        server.close(() => {
          closed();
        });
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return new HttpVoice({ name: 'own', kind: 'personal', url: `http://127.0.0.1:${port}/` });
}

/** @returns which voices were asked for a text. */
async function voicesFor(chain: VoiceChain, text: string): Promise<string[]> {
  asked = [];
  const chunks = chain.speak({ text, rate: 1, pitch: 1 }, undefined, never, () => undefined);
  while ((await chunks.next()).done !== true);
  return asked;
}

describe('A voice that fails for one participant', () => {
  test.each([400, 413, 422, 451])('and answers %i to the text goes on speaking for all', async (status) => {
    const chain = new VoiceChain([await endpoint(), spare], systemClock);
    const [ada, ben] = [chain.forParticipant(), chain.forParticipant()];
    expect(await voicesFor(ada, String(status))).toEqual(['own', 'spare']);
    expect(await voicesFor(ada, 'Hello')).toEqual(['own']);
    expect(await voicesFor(ben, 'Hello')).toEqual(['own']);
  });

  test.each([403, 500, 502])('and answers %i, which the text may have caused, rests for that one', async (status) => {
    const chain = new VoiceChain([await endpoint(), spare], systemClock);
    const [ada, ben] = [chain.forParticipant(), chain.forParticipant()];
    await voicesFor(ada, String(status));
    expect(await voicesFor(ada, 'Hello')).toEqual(['spare']);
    expect(await voicesFor(ben, 'Hello')).toEqual(['own']);
  });

  test.each([401, 429])('and answers %i, whatever the text, rests for all', async (status) => {
    const chain = new VoiceChain([await endpoint(), spare], systemClock);
    const [ada, ben] = [chain.forParticipant(), chain.forParticipant()];
    await voicesFor(ada, String(status));
    expect(await voicesFor(ben, 'Hello')).toEqual(['spare']);
  });

  test('and cannot be reached rests for all', async () => {
    const voice = await endpoint();
    await close.pop()?.();
    await expect(voice.speak({ text: 'Hello', rate: 1, pitch: 1 }, never).next()).rejects.toMatchObject({
      code: 'SPEECH_FAILED',
      blame: 'voice',
    });
  });

  test.each([
    ['ends with an error and no sound', 'process.exit(3)', 'text'],
    ['ends without a sound', 'process.exit(0)', 'text'],
    ['crashes', 'process.kill(process.pid, "SIGSEGV")', 'unclear'],
    [
      'ends with an error after some sound',
      'process.stdout.write(Buffer.alloc(3200), () => process.exit(3))',
      'unclear',
    ],
  ])('because its program %s is to blame as far as can be told', async (_name, script, blame) => {
    const voice = new CommandVoice({
      name: 'own',
      kind: 'personal',
      command: () => [process.execPath, '-e', script],
      rawRateHz: RATE_HZ,
      deadlines: { firstMs: 20_000, stallMs: 20_000 },
    });
    const spoken = (async () => {
      const chunks = voice.speak({ text: 'Hello', rate: 1, pitch: 1 }, never)[Symbol.asyncIterator]();
      while ((await chunks.next()).done !== true);
    })();
    await expect(spoken).rejects.toMatchObject({ blame });
  });

  test('because its program is not there rests for all', async () => {
    const missing = new CommandVoice({ name: 'own', kind: 'personal', command: () => ['/no/such/program'] });
    await expect(missing.speak({ text: 'Hello', rate: 1, pitch: 1 }, never).next()).rejects.toMatchObject({
      blame: 'voice',
    });
  });
});
