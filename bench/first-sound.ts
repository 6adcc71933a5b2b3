/**
 * From a phrase that arrives to its first sound: cleaning, voice, resampling and Opus, until the packets are in the
 * hands of the call. What follows is the call's own delay, the same for a microphone (`bench/latency.ts`).
 *
 *   node --import tsx bench/first-sound.ts [--phrases 30] [--endpoint-ms 120]
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/logger.ts';
import { silentMeter } from '../src/base/meter.ts';
import { OpusEncoder } from '../src/native/codec/opus-encoder.ts';
import { espeakVoice } from '../src/server/speech/espeak-voice.ts';
import { HttpVoice } from '../src/server/speech/http-voice.ts';
import { SpeechSession, type SpeechOutlet } from '../src/server/speech/speech-session.ts';
import type { Voice } from '../src/server/speech/voice.ts';
import { VoiceChain } from '../src/server/speech/voice-chain.ts';

const { values } = parseArgs({
  options: { phrases: { type: 'string', default: '30' }, 'endpoint-ms': { type: 'string', default: '120' } },
});

const PHRASES = [
  'Yes.',
  'Thank you very much.',
  'I would like some water, please.',
  'Hello, how are you today? I am glad to see you.',
  'This is a longer sentence, of the kind that people write when they have the time to think about what they say.',
];

/** An outlet that only remembers when the first packet came. */
class Stopwatch implements SpeechOutlet {
  readonly participantId = 'bench';
  readonly name = 'bench';
  readonly talking = false;
  #firstUs = Number.POSITIVE_INFINITY;

  /** When the first packet came since the last reset; infinity until then. */
  get firstUs(): number {
    return this.#firstUs;
  }

  reset(): void {
    this.#firstUs = Number.POSITIVE_INFINITY;
  }

  speak(): number {
    this.#firstUs = Math.min(this.#firstUs, systemClock.now());
    return 0;
  }
  soundTimeMs(): number {
    return 0;
  }
  stopSpeaking(): number {
    return 0;
  }
  control(): void {
    return;
  }
  send(): void {
    return;
  }
  broadcast(): void {
    return;
  }
}

async function measure(voice: Voice): Promise<number[]> {
  const outlet = new Stopwatch();
  const session = new SpeechSession({
    outlet,
    voices: new VoiceChain([voice], systemClock),
    encoder: await OpusEncoder.open(),
    clock: systemClock,
    logger: silentLogger,
    meter: silentMeter,
  });
  const delaysMs: number[] = [];
  for (let phrase = 0; phrase < Number(values.phrases); phrase++) {
    outlet.reset();
    const startUs = systemClock.now();
    session.receive({ type: 'speech-say', id: `${phrase}`, text: PHRASES[phrase % PHRASES.length] ?? '' });
    for (let waited = 0; !Number.isFinite(outlet.firstUs) && waited < 5000; waited++) await sleep(1);
    delaysMs.push((outlet.firstUs - startUs) / 1000);
    session.receive({ type: 'speech-stop' });
    await sleep(50);
  }
  await session.close();
  return delaysMs.sort((a, b) => a - b);
}

/** Speaks the OpenAI API: waits as a service does, then streams at twice the speed of speech. */
const server = createServer((_request, response) => {
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'audio/pcm' });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(Buffer.from(Int16Array.from({ length: 2400 }, (_, i) => 8000 * Math.sin(i / 12)).buffer));
      if (++sent === 15) {
        clearInterval(timer);
        response.end();
      }
    }, 50);
    response.on('close', () => {
      clearInterval(timer);
    });
  }, Number(values['endpoint-ms']));
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;

console.log('| voice | phrases | first | median | 95 % | slowest (ms) |\n|---|---|---|---|---|---|');
for (const voice of [espeakVoice(), new HttpVoice({ name: 'endpoint', kind: 'openai', url })]) {
  const delaysMs = await measure(voice);
  const at = (part: number): string => (delaysMs[Math.round(part * (delaysMs.length - 1))] ?? 0).toFixed(0);
  console.log(`| ${voice.name} | ${delaysMs.length} | ${at(0)} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`);
}
server.close();
server.closeAllConnections();
