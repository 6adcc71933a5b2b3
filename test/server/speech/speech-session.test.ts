import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { AvatarError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { silentMeter } from '../../../src/base/meter.ts';
import { OpusEncoder } from '../../../src/native/codec/opus-encoder.ts';
import { SpeechSession } from '../../../src/server/speech/speech-session.ts';
import { VoiceChain } from '../../../src/server/speech/voice-chain.ts';
import type { SpeechChunk, SpeechRequest, Voice } from '../../../src/server/speech/voice.ts';
import { SilentParticipant } from '../../support/speech-host.ts';

const RATE_HZ = 16_000;

/** Hums for `usPerCharacter` a character, in chunks of 50 ms, with `pauseMs` before each. */
function hum(
  name: string,
  options: { msPerCharacter?: number; pauseMs?: number; failAfter?: number } = {},
): Voice & {
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    name,
    kind: 'personal',
    asked,
    async *speak(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
      asked.push(request.text);
      const count = Math.ceil((request.text.length * (options.msPerCharacter ?? 20)) / 50);
      for (let chunk = 0; chunk < count; chunk++) {
        if (chunk === options.failAfter) throw new AvatarError('SPEECH_FAILED', `${name} broke`);
        if (options.pauseMs !== undefined) await sleep(options.pauseMs, undefined, { signal });
        const samples = Float32Array.from({ length: RATE_HZ / 20 }, (_, i) => 0.3 * Math.sin(i * 0.1));
        yield { samples, sampleRateHz: RATE_HZ };
      }
    },
  };
}

const open: SpeechSession[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
});

async function start(...voices: Voice[]): Promise<{ session: SpeechSession; outlet: SilentParticipant }> {
  const outlet = new SilentParticipant('Ada');
  const session = new SpeechSession({
    outlet,
    voices: new VoiceChain(voices, systemClock),
    encoder: await OpusEncoder.open(),
    clock: systemClock,
    logger: silentLogger,
    meter: silentMeter,
  });
  open.push(session);
  return { session, outlet };
}

const untilReady = (outlet: SilentParticipant): Promise<void> =>
  vi.waitFor(
    () => {
      expect(outlet.states().at(-1)).toBe('ready');
    },
    { timeout: 10_000 },
  );

const say = (text: string, id = 'a', more: object = {}): Parameters<SpeechSession['receive']>[0] => ({
  type: 'speech-say',
  id,
  text,
  ...more,
});

describe('SpeechSession', () => {
  test('speaks a phrase, captions it word by word, and is ready again', async () => {
    const { session, outlet } = await start(hum('hum'));
    expect(session.receive(say('Hello there, my friend.'))).toBe(true);
    await untilReady(outlet);
    expect(outlet.states()).toEqual(['preparing', 'speaking', 'ready']);
    // 23 characters at 20 ms, rounded up to chunks, and the short silence after a sentence.
    expect(outlet.packets).toBeGreaterThanOrEqual(23);
    expect(outlet.packets).toBeLessThan(40);
    const [guess, whole] = outlet.captions();
    expect(guess).toMatchObject({ participantId: 'Ada', name: 'Ada', captionId: 1, text: 'Hello there, my friend.' });
    expect(whole?.captionId).toBe(1);
    expect(whole?.words.map(({ from, to }) => whole.text.slice(from, to))).toEqual(['Hello', 'there', 'my', 'friend']);
    expect(whole?.words.at(-1)?.endMs).toBeGreaterThan(400);
    expect(whole?.words.at(-1)?.endMs).toBeLessThan(510);
  });

  test('stop silences at once, forgets what waits, and the next phrase is heard', async () => {
    const { session, outlet } = await start(hum('hum', { pauseMs: 20 }));
    for (let i = 0; i < 4; i++) session.receive(say('A long sentence that goes on and on for a good while', `${i}`));
    await vi.waitFor(() => {
      expect(outlet.packets).toBeGreaterThan(5);
    });
    session.receive({ type: 'speech-stop' });
    expect(outlet.stops).toBe(1);
    expect(outlet.states().at(-1)).toBe('stopped');
    expect(outlet.shown.at(-1)).toEqual({ type: 'caption-stop', participantId: 'Ada', captionId: 1 });
    const before = outlet.packets;
    await sleep(150);
    expect(outlet.packets).toBe(before);
    session.receive(say('Next', 'z'));
    await untilReady(outlet);
    expect(outlet.captions().at(-1)?.text).toBe('Next');
  });

  test('a flood of phrases is refused beyond the queue, and the rest is still spoken', async () => {
    const { session, outlet } = await start(hum('hum', { msPerCharacter: 2 }));
    const taken = Array.from({ length: 200 }, (_, i) => session.receive(say(`Number ${i}`, `${i}`)));
    expect(taken.filter(Boolean).length).toBe(12);
    expect(outlet.notices().filter((notice) => notice === 'full').length).toBe(188);
    await untilReady(outlet);
  });

  test('text of 100 kB is cut and said to be; text without anything to say is refused', async () => {
    const { session, outlet } = await start(hum('hum', { pauseMs: 5 }));
    expect(session.receive(say('word '.repeat(20_000)))).toBe(true);
    expect(outlet.sent[0]).toMatchObject({ notice: 'shortened' });
    for (const empty of ['', '   ', '\u0000\u0007\u001b', '…!?', '\u200b\u202e'])
      expect(session.receive(say(empty))).toBe(false);
    expect(outlet.notices().filter((notice) => notice === 'empty').length).toBe(5);
  });

  test('a voice that fails is named, and the next speaks; one that breaks off has its rest spoken by the next', async () => {
    const broken = hum('broken', { failAfter: 0 });
    const half = hum('half', { failAfter: 12, msPerCharacter: 60 });
    const good = hum('good');
    const { session, outlet } = await start(broken, half, good);
    session.receive(say('one two three four five six seven'));
    await untilReady(outlet);
    const failures = outlet.sent.filter((message) => message.type === 'speech-notice');
    expect(failures).toMatchObject([
      { notice: 'voice-failed', voice: 'broken', next: 'half', id: 'a' },
      { notice: 'voice-failed', voice: 'half', next: 'good' },
    ]);
    expect(half.asked).toEqual(['one two three four five six seven']);
    expect(good.asked[0]).toMatch(/^(two|three|four) .*seven$/);
  });

  test('when no voice can, it says so and is ready again', async () => {
    const { session, outlet } = await start(hum('broken', { failAfter: 0 }));
    session.receive(say('Hello'));
    await untilReady(outlet);
    expect(outlet.notices()).toEqual(['voice-failed', 'no-voice']);
    expect(outlet.packets).toBe(0);
  });

  test('with the policy "wait" it lets the microphone finish', async () => {
    const { session, outlet } = await start(hum('hum'));
    outlet.talking = true;
    session.receive(say('After you', 'a', { policy: 'wait' }));
    await vi.waitFor(() => {
      expect(outlet.states()).toEqual(['waiting']);
    });
    await sleep(120);
    expect(outlet.packets).toBe(0);
    outlet.talking = false;
    await untilReady(outlet);
    expect(outlet.packets).toBeGreaterThan(5);
  });

  test('expression comes with its word, is not spoken, and ends after the phrase', async () => {
    const voice = hum('hum');
    const { session, outlet } = await start(voice);
    session.receive(say('I am glad :) to see you [nod]'));
    await vi.waitFor(
      () => {
        expect(outlet.controls.at(-1)).toEqual({ type: 'gaze', target: null });
      },
      { timeout: 5000 },
    );
    expect(voice.asked).toEqual(['I am glad to see you']);
    expect(outlet.controls.map((control) => control.type)).toEqual(['emotion', 'gesture', 'emotion', 'gaze']);
    expect(outlet.controls[0]).toMatchObject({ name: 'happy' });
  });

  test('a phrase of expression alone moves the face without a sound', async () => {
    const { session, outlet } = await start(hum('hum'));
    expect(session.receive(say('[nod]'))).toBe(true);
    await vi.waitFor(() => {
      expect(outlet.controls).toEqual([{ type: 'gesture', name: 'nod' }]);
    });
    expect(outlet.packets).toBe(0);
  });

  test('repeat says the last again; composing poses the avatar, tells the others, and ends with a phrase', async () => {
    const voice = hum('hum', { msPerCharacter: 5 });
    const { session, outlet } = await start(voice);
    expect(session.receive({ type: 'speech-repeat', id: 'r' })).toBe(false);
    session.receive({ type: 'speech-composing', active: true });
    session.receive({ type: 'speech-composing', active: true });
    session.receive(say('Twice'));
    session.receive({ type: 'speech-repeat', id: 'r' });
    await untilReady(outlet);
    expect(voice.asked).toEqual(['Twice', 'Twice']);
    expect(outlet.controls).toEqual([
      { type: 'composing', active: true },
      { type: 'composing', active: false },
    ]);
    expect(outlet.shown.flatMap((message) => (message.type === 'typing' ? [message.active] : []))).toEqual([
      true,
      false,
    ]);
  });

  test('the voice that is named gets ready while the person writes, and a flood starts it once', async () => {
    const ready: unknown[] = [];
    const voice: Voice = { ...hum('own'), prepare: (request) => ready.push(request) };
    const { session } = await start(hum('first'), voice);
    for (let i = 0; i < 50; i++) {
      session.receive({ type: 'speech-composing', active: true, voice: 'own', language: 'de', rate: 1.2 });
    }
    expect(ready).toEqual([{ language: 'de', rate: 1.2, pitch: 1 }]);
  });

  test('a closed session takes nothing', async () => {
    const { session, outlet } = await start(hum('hum', { pauseMs: 20 }));
    session.receive(say('Hello'));
    await session.close();
    const before = outlet.sent.length;
    expect(session.receive(say('Hello'))).toBe(false);
    await sleep(100);
    expect(outlet.sent.length).toBe(before);
  });
});
