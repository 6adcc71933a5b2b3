import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pcmSamples } from '../../../src/server/cli/pcm-samples.ts';
import { babble, hasFfmpeg, wavFile } from '../../support/sound.ts';
import { startVisavis, visavis, type Ran } from '../../support/visavis.ts';

/** Datagrams that came to a port of this machine, with when they came. */
class Receiver {
  readonly #socket: Socket;
  readonly datagrams: { readonly bytes: Buffer; readonly atMs: number }[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket.on('message', (bytes) => this.datagrams.push({ bytes, atMs: performance.now() }));
  }

  static async open(): Promise<Receiver> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Receiver(socket);
  }

  get target(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  close(): void {
    this.#socket.close();
  }
}

/** Reads a datagram of Live Link Face, by the layout that PyLiveLinkFace documents. */
function readLiveLink(bytes: Buffer): { subject: string; frame: number; rate: number; values: number[] } {
  expect(bytes.readUInt8(0)).toBe(6);
  expect(bytes.readInt32BE(1)).toBe(36);
  expect(bytes.toString('ascii', 5, 41)).toMatch(/^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  const nameEnd = 45 + bytes.readInt32BE(41);
  expect([bytes.readFloatBE(nameEnd + 4), bytes.readInt32BE(nameEnd + 12), bytes.readUInt8(nameEnd + 16)]).toEqual([
    0, 1, 61,
  ]);
  expect(bytes.length).toBe(nameEnd + 17 + 61 * 4);
  return {
    subject: bytes.toString('utf8', 45, nameEnd),
    frame: bytes.readInt32BE(nameEnd),
    rate: bytes.readInt32BE(nameEnd + 8),
    values: Array.from({ length: 61 }, (_, index) => bytes.readFloatBE(nameEnd + 17 + 4 * index)),
  };
}

type OscMessage = readonly (string | number)[];

/** Reads a bundle of Open Sound Control 1.0. */
function readOsc(bytes: Buffer): OscMessage[] {
  let at = 0;
  const text = (): string => {
    const end = bytes.indexOf(0, at);
    const found = bytes.toString('utf8', at, end);
    at += 4 * Math.floor((end - at) / 4 + 1);
    return found;
  };
  expect(text()).toBe('#bundle');
  expect(bytes.readBigUInt64BE(at)).toBe(1n);
  at += 8;
  const messages: OscMessage[] = [];
  while (at < bytes.length) {
    const end = at + 4 + bytes.readInt32BE(at);
    at += 4;
    const address = text();
    const tags = text();
    expect(tags.startsWith(',')).toBe(true);
    const args = Array.from(tags.slice(1)).map((tag) => {
      if (tag === 's') return text();
      at += 4;
      return tag === 'f' ? bytes.readFloatBE(at - 4) : bytes.readInt32BE(at - 4);
    });
    expect(at).toBe(end);
    messages.push([address, ...args]);
  }
  return messages;
}

let folder: string;
const environment = (): NodeJS.ProcessEnv => ({ VISAVIS_DATA_DIR: join(folder, 'data') });
const run = (...args: readonly string[]): Promise<Ran> => visavis(folder, args, undefined, environment());

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
  await writeFile(join(folder, 'voice.wav'), wavFile(16_000, babble(16_000, 1)));
});

afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!hasFfmpeg)('visavis stream', () => {
  test('sends the motion of a file in real time, as Live Link Face and as VMC', async () => {
    await run('animate', 'voice.wav', '--fps', '30', '--seed', '1', '--out', 'motion.jsonl', '--quiet');
    const motions = (await readFile(join(folder, 'motion.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { motion: Record<string, number> }).motion);
    const [unreal, vrm] = [await Receiver.open(), await Receiver.open()];
    const { code, stdout } = await run(
      ...['stream', 'voice.wav', '--live-link', unreal.target, '--vmc', vrm.target],
      ...['--fps', '30', '--subject', 'Ännchen', '--arkit-expressions', '--seed', '1', '--json'],
    );
    unreal.close();
    vrm.close();
    expect(code).toBe(0);
    // The face comes to rest for 12 frames after the sound.
    expect(JSON.parse(stdout)).toMatchObject({ frames: 42, framesPerSecond: 30, durationS: 1 });

    const packets = unreal.datagrams.map(({ bytes }) => readLiveLink(bytes));
    expect(packets.map(({ frame }) => frame)).toEqual(Array.from({ length: 42 }, (_, index) => index));
    expect(packets[0]).toMatchObject({ subject: 'Ännchen', rate: 30 });
    const names = Object.keys(motions[0] ?? {});
    motions.forEach((motion, frame) => {
      const { values } = packets[frame] ?? { values: [] };
      for (const name of ['jawOpen', 'jawLeft', 'mouthLeft', 'eyeBlinkRight', 'tongueOut']) {
        expect(values[names.indexOf(name)]).toBeCloseTo(motion[name] ?? NaN, 4);
      }
      expect(((values[52] ?? NaN) * -180) / Math.PI).toBeCloseTo(motion['headYaw'] ?? NaN, 3);
    });
    expect(packets.at(-1)?.values.every((value) => Math.abs(value) < 1e-6)).toBe(true);
    const [first, last] = [unreal.datagrams[0]?.atMs ?? NaN, unreal.datagrams.at(-1)?.atMs ?? NaN];
    expect(last - first).toBeGreaterThan(1300);

    const messages = vrm.datagrams.flatMap(({ bytes }) => readOsc(bytes));
    expect(Math.max(...vrm.datagrams.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(1400);
    expect(messages.filter(([address]) => address === '/VMC/Ext/Blend/Apply')).toHaveLength(42);
    const jaws = messages.filter(([, name]) => name === 'JawOpen').map(([, , value]) => value as number);
    motions.forEach(({ jawOpen = NaN }, frame) => {
      expect(jaws[frame]).toBeCloseTo(jawOpen, 4);
    });
    const [bone, name, , , , , y = NaN, , w = NaN] =
      messages.filter(([address]) => address === '/VMC/Ext/Bone/Pos')[10] ?? [];
    expect([bone, name]).toEqual(['/VMC/Ext/Bone/Pos', 'Head']);
    // In Unity's axes a head that turns to its own left turns by a negative angle about y.
    const yaw = motions[10]?.['headYaw'] ?? NaN;
    expect((-2 * Math.atan2(Number(y), Number(w)) * 180) / Math.PI).toBeCloseTo(yaw, 0);
  }, 60_000);

  test('follows PCM as it is spoken, and sends presets', async () => {
    const vrm = await Receiver.open();
    const child = startVisavis(
      folder,
      ['stream', '-', '--pcm', '16000', '--vmc', vrm.target, '--fps', '25'],
      environment(),
    );
    const pcm = wavFile(16_000, babble(16_000, 1)).subarray(44);
    // An odd cut, as a pipe may make it.
    for (let at = 0; at < pcm.length; at += 6401) {
      child.stdin.write(pcm.subarray(at, at + 6401));
      await setTimeout(200);
    }
    // Most frames have come before the voice ends.
    while (vrm.datagrams.length < 15) await setTimeout(20);
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
    vrm.close();
    const messages = vrm.datagrams.flatMap(({ bytes }) => readOsc(bytes));
    const shapes = new Set(messages.filter(([address]) => address === '/VMC/Ext/Blend/Val').map(([, name]) => name));
    expect([...shapes]).toEqual(['A', 'I', 'U', 'E', 'O', 'Blink_L', 'Blink_R']);
    expect(messages.filter(([address]) => address === '/VMC/Ext/T')).toHaveLength(35);
  }, 60_000);

  test.each([
    [['stream', 'voice.wav'], 2, /Say where to/],
    [['stream', 'voice.wav', '--pcm', '16000', '--vmc', 'localhost'], 2, /--pcm is for standard input/],
    [['stream', 'voice.wav', '--vmc', 'localhost:99999'], 2, /Give HOST or HOST:PORT/],
    [['stream', '-', '--pcm', '16000', '--vmc', 'localhost'], 1, /holds no sound/],
  ])('%j is refused', async (args, expected, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(expected);
    expect(stderr).toMatch(message);
  });
});

test('PCM may be cut in the middle of a sample', async () => {
  const bytes = Uint8Array.of(0x00, 0x40, 0x00, 0xc0, 0xff, 0x7f, 0x12);
  const read = async (cut: number): Promise<number[]> => {
    const samples: number[] = [];
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += cut) yield await Promise.resolve(bytes.subarray(at, at + cut));
    };
    for await (const piece of pcmSamples(pieces())) samples.push(...piece);
    return samples;
  };
  for (const cut of [1, 2, 3, 7]) expect(await read(cut)).toEqual([0.5, -0.5, Math.fround(0x7fff / 0x8000)]);
});
