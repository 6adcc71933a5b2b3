import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { CommandVoice } from '../../../src/server/speech/command-voice.ts';
import { espeakArguments, espeakVoice } from '../../../src/server/speech/espeak-voice.ts';
import { HttpVoice } from '../../../src/server/speech/http-voice.ts';
import { PcmReader } from '../../../src/server/speech/pcm-reader.ts';
import { readSpeechSettings } from '../../../src/server/speech/speech-settings.ts';
import { VoiceChain } from '../../../src/server/speech/voice-chain.ts';
import type { SpeechRequest, Voice } from '../../../src/server/speech/voice.ts';
import { isInstalled } from '../../support/programs.ts';

const REQUEST: SpeechRequest = { text: 'Hello there', rate: 1, pitch: 1 };
const QUICK = { firstMs: 300, stallMs: 300 };
const never = new AbortController().signal;

/** @returns seconds of sound. */
async function listenTo(voice: Voice, request = REQUEST, signal = never): Promise<number> {
  let seconds = 0;
  for await (const { samples, sampleRateHz } of voice.speak(request, signal)) seconds += samples.length / sampleRateHz;
  return seconds;
}

/** 16-bit PCM of a quiet hum. */
function pcm(seconds: number, rateHz: number): Buffer {
  const samples = Int16Array.from({ length: seconds * rateHz }, (_, i) => 3000 * Math.sin(i * 0.05));
  return Buffer.from(samples.buffer);
}

function wav(seconds: number, rateHz: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  // Streams do not know their length: espeak-ng states 2 GB.
  header.writeUInt32LE(0x7fffffff, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(0x7fffffff, 40);
  return Buffer.concat([header, pcm(seconds, rateHz)]);
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** @returns the address of a server that answers as `listener` does. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

describe('PcmReader', () => {
  test('reads the same from WAV and from raw PCM, however they are cut', () => {
    const raw = pcm(0.1, 16_000);
    const expected = new PcmReader(16_000).push(raw);
    for (const cut of [1, 7, 44, 1000]) {
      const reader = new PcmReader();
      const whole: number[] = [];
      const bytes = wav(0.1, 16_000);
      for (let at = 0; at < bytes.length; at += cut) whole.push(...reader.push(bytes.subarray(at, at + cut)));
      expect(reader.sampleRateHz).toBe(16_000);
      expect(Float32Array.from(whole)).toEqual(expected);
    }
  });

  test('says what it found instead of sound', () => {
    expect(() => new PcmReader().push(Buffer.from('<!doctype html><html>'))).toThrow(/begins with "<!doctype html>/);
  });
});

describe('HttpVoice', () => {
  test('asks as the OpenAI API wants it and streams 24 kHz', async () => {
    let asked: Record<string, unknown> = {};
    let path = '';
    const url = await serve((request, response) => {
      path = `${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}`;
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        asked = JSON.parse(body) as Record<string, unknown>;
        response.writeHead(200, { 'content-type': 'audio/pcm' });
        const sound = pcm(1, 24_000);
        response.write(sound.subarray(0, 777));
        setTimeout(() => response.end(sound.subarray(777)), 20);
      });
    });
    const voice = new HttpVoice({ name: 'cloud', kind: 'openai', url, apiKey: 'key', model: 'm', voice: 'v' });
    expect(await listenTo(voice, { ...REQUEST, rate: 1.5 })).toBeCloseTo(1, 3);
    expect(path).toBe('POST /v1/audio/speech Bearer key');
    expect(asked).toEqual({ model: 'm', voice: 'v', input: 'Hello there', response_format: 'pcm', speed: 1.5 });
  });

  test.each<[string, RequestListener, RegExp]>([
    ['never answers', () => undefined, /No sound for 300 ms/],
    [
      'answers and then hangs',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'audio/pcm' }).flushHeaders();
      },
      /No sound/,
    ],
    [
      'answers with HTML',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      /answered with text\/html/,
    ],
    ['answers with an error', (_, response) => response.writeHead(500).end(), /answered 500/],
    [
      'answers with nothing',
      (_, response) => response.writeHead(200, { 'content-type': 'audio/pcm' }).end(),
      /made no sound/,
    ],
    ['sends elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /cloud/],
  ])('an endpoint that %s fails with a reason', async (_name, listener, reason) => {
    const voice = new HttpVoice({ name: 'cloud', kind: 'openai', url: await serve(listener), deadlines: QUICK });
    await expect(listenTo(voice)).rejects.toThrow(reason);
  });

  test.each<[string, (end: () => void, destroy: () => void) => void]>([
    ['breaks off', (_end, destroy) => setTimeout(destroy, 30)],
    ['stalls', () => undefined],
  ])('an endpoint that %s in mid-sentence gives what it had, then fails', async (_name, then) => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'audio/pcm' });
      response.write(pcm(0.2, 24_000));
      then(
        () => response.end(),
        () => response.destroy(),
      );
    });
    let seconds = 0;
    const voice = new HttpVoice({ name: 'cloud', kind: 'openai', url, deadlines: QUICK });
    await expect(async () => {
      for await (const { samples } of voice.speak(REQUEST, never)) seconds += samples.length / 24_000;
    }).rejects.toThrow(/cloud/);
    expect(seconds).toBeCloseTo(0.2, 2);
  });

  test('a stop at any moment is met by whoever stopped, and by nobody else', async () => {
    const unmet: unknown[] = [];
    const note = (thrown: unknown): void => {
      unmet.push(thrown);
    };
    process.on('unhandledRejection', note);
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'audio/pcm' });
      const timer = setInterval(() => response.write(pcm(0.1, 24_000)), 5);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    const voice = new HttpVoice({ name: 'cloud', kind: 'openai', url });
    for (let waitMs = 0; waitMs < 20; waitMs += 4) {
      const abort = new AbortController();
      const heard = listenTo(voice, REQUEST, abort.signal).catch((thrown: unknown) => thrown);
      await sleep(waitMs);
      abort.abort(new Error('stopped'));
      expect(await heard).toMatchObject({ message: 'stopped' });
    }
    // While a piece is being spoken, and before the request has left.
    const between = new AbortController();
    const pieces = voice.speak(REQUEST, between.signal)[Symbol.asyncIterator]();
    await pieces.next();
    between.abort(new Error('stopped'));
    await expect(pieces.next()).rejects.toThrow('stopped');
    await expect(listenTo(voice, REQUEST, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    await sleep(50);
    process.off('unhandledRejection', note);
    expect(unmet).toEqual([]);
  });

  test('a personal voice may answer with WAV of any rate, and a stop ends the request', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'audio/wav' }).end(wav(0.5, 44_100)),
    );
    expect(await listenTo(new HttpVoice({ name: 'mine', kind: 'personal', url }))).toBeCloseTo(0.5, 3);
    let closed = false;
    const slow = await serve((request) => request.on('close', () => (closed = true)));
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort(new Error('stopped'));
    }, 50);
    await expect(
      listenTo(new HttpVoice({ name: 'mine', kind: 'personal', url: slow }), REQUEST, stop.signal),
    ).rejects.toThrow('stopped');
    await sleep(100);
    expect(closed).toBe(true);
  });
});

describe('CommandVoice', () => {
  const command = (script: string): CommandVoice =>
    new CommandVoice({
      name: 'own',
      kind: 'personal',
      command: () => [process.execPath, '-e', script],
      rawRateHz: 16_000,
      deadlines: { firstMs: 5000, stallMs: 300 },
    });

  test('gives the text on standard input and takes PCM from standard output', async () => {
    const voice = command(
      `let n = 0; process.stdin.on('data', (d) => (n += d.length)).on('end', () => process.stdout.write(Buffer.alloc(n * 3200)))`,
    );
    expect(await listenTo(voice)).toBeCloseTo('Hello there'.length / 10, 3);
  });

  test.each([
    ['ends with an error', `console.error('no such voice'); process.exit(3)`, /ended with 3: no such voice/],
    ['says nothing', `process.exit(0)`, /made no sound/],
    ['stalls', `process.stdout.write(Buffer.alloc(3200)); setInterval(() => {}, 1000)`, /No sound for 300 ms/],
  ])('a program that %s fails with a reason', async (_name, script, reason) => {
    await expect(listenTo(command(script))).rejects.toThrow(reason);
  });

  test('a program that starts early has waited for its text, and another is started for the next', async () => {
    // Speaks for as long as it has waited.
    const script = `const from = Date.now(); process.stdin.resume().on('end', () => process.stdout.write(Buffer.alloc(32 * (Date.now() - from))))`;
    const voice = new CommandVoice({
      name: 'own',
      kind: 'personal',
      command: ({ rate }) => [process.execPath, '-e', script, String(rate)],
      rawRateHz: 16_000,
      startsEarly: true,
    });
    voice.prepare(REQUEST);
    voice.prepare(REQUEST);
    await sleep(1500);
    expect(await listenTo(voice)).toBeGreaterThan(0.5);
    await sleep(1500);
    expect(await listenTo(voice)).toBeGreaterThan(0.5);
    // One that waits to speak at another speed is not taken.
    expect(await listenTo(voice, { ...REQUEST, rate: 2 })).toBeLessThan(0.5);
  });

  test('a program that is not there fails with a reason, whether it was to start early or not', async () => {
    const early = new CommandVoice({
      name: 'own',
      kind: 'personal',
      command: () => ['/no/such/program'],
      startsEarly: true,
    });
    early.prepare(REQUEST);
    await sleep(50);
    await expect(listenTo(early)).rejects.toThrow(/ENOENT/);
    const voice = new CommandVoice({ name: 'own', kind: 'personal', command: () => ['/no/such/program'] });
    await expect(listenTo(voice)).rejects.toThrow(/ENOENT/);
  });
});

describe('espeak-ng', () => {
  test.each([
    [{}, 'en-us', 'en-us'],
    [{ language: 'de-AT' }, 'en-us', 'de'],
    [{ language: 'en-GB' }, 'en-us', 'en-gb'],
    [{ language: 'de' }, 'de+f3', 'de+f3'],
    [{ language: 'zh-CN' }, 'en-us', 'cmn'],
  ])('%j with the own voice %s speaks as %s', (wish, own, spoken) => {
    expect(espeakArguments({ ...REQUEST, ...wish }, own)[1]).toBe(spoken);
  });

  test('text that looks like an option or like markup is only text', () => {
    expect(espeakArguments({ ...REQUEST, text: '--version <break/>' }).join(' ')).not.toContain('version');
  });

  const hasEspeak = isInstalled('espeak-ng', '--version');
  test.skipIf(!hasEspeak)('speaks four languages and whatever is typed', async () => {
    const voice = espeakVoice();
    for (const [language, text] of [
      ['en', 'Hello, how are you?'],
      ['de', 'Guten Tag, wie geht es dir?'],
      ['es', '¿Cómo estás hoy?'],
      ['ar', 'مرحبا، كيف حالك؟'],
      ['en', 'mixed Привет 你好 مرحبا 😀 -v --help <speak>'],
    ] as const) {
      const seconds = await listenTo(voice, { ...REQUEST, text, language });
      expect(seconds).toBeGreaterThan(0.8);
      expect(seconds).toBeLessThan(12);
    }
    await expect(listenTo(voice, { ...REQUEST, language: 'qqq' })).rejects.toThrow(/espeak-ng/);
  });

  test.skipIf(!hasEspeak)('speaks what the caption shows, and takes no orders from it', async () => {
    const chain = new VoiceChain([espeakVoice()], systemClock);
    const secondsOf = async (text: string): Promise<number> => {
      let seconds = 0;
      for await (const { samples, sampleRateHz } of chain.speak(
        { ...REQUEST, text },
        undefined,
        never,
        () => undefined,
      ))
        seconds += samples.length / sampleRateHz;
      return seconds;
    };
    const plain = await secondsOf('see Main Page now');
    expect(await secondsOf('see [[Main Page]] now')).toBeCloseTo(plain, 2);
    expect(plain).toBeGreaterThan((await secondsOf('see now')) + 0.3);
  });
});

describe('readSpeechSettings()', () => {
  test('without settings espeak-ng speaks; an endpoint and a personal voice come before it', () => {
    expect(readSpeechSettings({}).map(({ kind }) => kind)).toEqual(['espeak']);
    const voices = readSpeechSettings({
      VISAVIS_SPEECH_URL: 'http://127.0.0.1:9/v1',
      VISAVIS_SPEECH_VOICE: 'nova',
      VISAVIS_PERSONAL_VOICE_COMMAND: 'my-voice --language {language}',
    });
    expect(voices.map(({ name }) => name)).toEqual(['personal', 'nova', 'espeak-ng']);
  });

  test.each([
    [{ VISAVIS_SPEECH_URL: 'file:///etc/passwd' }, /url/],
    [{ VISAVIS_VOICES: '/no/such/file.json' }, /ENOENT/],
  ])('%j is refused', (environment, reason) => {
    expect(() => readSpeechSettings(environment)).toThrow(reason);
  });
});
