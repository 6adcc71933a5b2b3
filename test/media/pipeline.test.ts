import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { monotonicUs, type MonotonicUs } from '../../src/base/timeline.ts';
import { MOTION_INDEX } from '../../src/media/motion-space.ts';
import { OPUS_SILENCE, Pipeline, type Output } from '../../src/media/pipeline.ts';
import { parseManifest } from '../../src/native/model/manifest.ts';

const MANIFEST_PATH = new URL('../../models/visavis-motion-1/manifest.json', import.meta.url);
const manifest = parseManifest(readFileSync(MANIFEST_PATH, 'utf8'), 'manifest.json').motion;

interface WorldOptions {
  readonly framesPerSecond?: 25 | 30 | 40;
  readonly motionMs?: number;
  readonly renderMs?: (nowMs: number) => number;
  /** Pictures that one thread makes at a time. */
  readonly viewers?: number;
}

/** A pipeline in a world without threads: jobs take as long as they are told to, time passes when it is told to. */
class World {
  readonly pipeline: Pipeline;
  readonly frames: { timeUs: number; atMs: number; keyframe: boolean; jaw: number; totalUs: number | undefined }[] = [];
  readonly sounds: { startUs: number; sequence: number; atMs: number; data: Uint8Array }[] = [];
  readonly #options: WorldOptions;
  readonly #events: { atMs: number; act: () => void }[] = [];
  readonly #drawn = new Map<number, { keyframe: boolean; jaw: number }>();
  #nowMs = 1000;
  #busyUntilMs = 0;
  #sequence = 0;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    const loud = {
      decode: () => new Float32Array(320).map((_, i) => 0.3 * Math.sin(i / 3)),
      conceal: () => new Float32Array(320),
    };
    this.pipeline = new Pipeline(
      { manifest, seed: 1, framesPerSecond: options.framesPerSecond ?? 25, microphone: loud, voice: loud },
      this.now,
    );
    this.pipeline.push({ type: 'viewers', count: options.viewers ?? 1 }, this.now);
  }

  get now(): MonotonicUs {
    return monotonicUs(this.#nowMs * 1000);
  }
  get nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, act: () => void): void {
    this.#events.push({ atMs, act });
    this.#events.sort((a, b) => a.atMs - b.atMs);
  }

  /** One 20 ms packet; @param index - of its timestamp. */
  hear(index: number, ssrc = 1, data = Uint8Array.of(31 << 3, 1, 2, 3)): void {
    const packet = { sequenceNumber: this.#sequence++ & 0xffff, rtpTimestamp: (index * 960) >>> 0, data };
    this.pipeline.push({ type: 'packet', packet, ssrc }, this.now);
  }

  /** A microphone that speaks from now on. @param lost - whether packet `index` is. */
  talk(forMs: number, lost: (index: number) => boolean = () => false, jitterMs: () => number = () => 0): void {
    const start = this.#nowMs;
    for (let index = 0; index * 20 < forMs; index++) {
      const sequence = this.#sequence++ & 0xffff;
      if (lost(index)) continue;
      this.at(start + index * 20 + 20 + jitterMs(), () => {
        const packet = { sequenceNumber: sequence, rtpTimestamp: index * 960, data: Uint8Array.of(31 << 3, 1, 2, 3) };
        this.pipeline.push({ type: 'packet', packet, ssrc: 1 }, this.now);
      });
    }
  }

  run(forMs: number): this {
    const endMs = this.#nowMs + forMs;
    for (;;) {
      const untilUs = this.#drain();
      const event = this.#events[0];
      const nextMs = Math.min(event?.atMs ?? Infinity, Math.max(untilUs / 1000, this.#nowMs + 0.1), endMs);
      this.#nowMs = Math.max(this.#nowMs, nextMs);
      if (this.#nowMs >= endMs) return this;
      while (this.#events[0] !== undefined && this.#events[0].atMs <= this.#nowMs) this.#events.shift()?.act();
    }
  }

  #drain(): MonotonicUs {
    for (;;) {
      const output = this.pipeline.poll(this.now);
      if (output.type === 'wait') return output.untilUs;
      this.#do(output);
    }
  }

  #do(output: Exclude<Output, { type: 'wait' }>): void {
    if (output.type === 'send-sound') {
      this.sounds.push({ ...output.packet, atMs: this.#nowMs });
    } else if (output.type === 'send-frame') {
      const { frame, latency } = output;
      const drawn = this.#drawn.get(frame.timeUs);
      this.frames.push({
        timeUs: frame.timeUs,
        atMs: this.#nowMs,
        keyframe: frame.keyframe,
        jaw: drawn?.jaw ?? NaN,
        totalUs: latency.totalUs,
      });
    } else if (output.type === 'make-motion') {
      output.job.token.fill(1);
      this.at(this.#nowMs + (this.#options.motionMs ?? 8), () => {
        this.pipeline.push({ type: 'motion-made', result: output.job }, this.now);
      });
    } else {
      const { timeUs, keyframe, motion } = output;
      this.#drawn.set(timeUs, { keyframe, jaw: motion[MOTION_INDEX.jawOpen] ?? NaN });
      this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#nowMs) + (this.#options.renderMs?.(this.#nowMs) ?? 9);
      this.at(this.#busyUntilMs, () => {
        this.pipeline.push(
          { type: 'rendered', timeUs, frame: { timeUs, keyframe, data: new Uint8Array(9) } },
          this.now,
        );
      });
    }
  }
}

function gapsMs(world: World, fromMs = 0): number[] {
  const times = world.frames.map(({ atMs }) => atMs).filter((each) => each >= fromMs);
  return times.slice(1).map((each, index) => each - (times[index] ?? 0));
}

describe('Pipeline', () => {
  it('is alive before the first word: 25 pictures a second, the first a keyframe, at once', () => {
    const world = new World().run(3000);
    expect(world.frames[0]?.keyframe).toBe(true);
    expect(world.frames[0]?.atMs).toBeLessThan(1100);
    expect(world.frames.length).toBeGreaterThan(70);
    expect(Math.max(...gapsMs(world, 1300))).toBeLessThan(60);
    expect(world.frames.filter(({ keyframe }) => keyframe)).toHaveLength(1);
  });

  it('goes on without a jump from silence into speech and back', () => {
    const world = new World();
    world.run(1000);
    world.talk(2000);
    world.run(5000);
    const steps = world.frames.slice(1).map(({ timeUs }, index) => timeUs - (world.frames[index]?.timeUs ?? 0));
    expect(new Set(steps)).toEqual(new Set([40_000]));
    expect(Math.max(...gapsMs(world, 1500))).toBeLessThan(70);
  });

  it('answers a sound within 140 ms with its picture, which leaves as much later as browsers hold sound for longer', () => {
    const world = new World();
    world.run(500);
    world.talk(8000);
    world.run(8000);
    const totals = world.frames.flatMap(({ totalUs }) => totalUs ?? []).slice(-100);
    expect(totals.toSorted((a, b) => a - b)[50]).toBeLessThan(140_000);
    for (const { startUs, atMs } of world.sounds.slice(-100)) {
      const frame = world.frames.find(({ timeUs }) => timeUs === Math.ceil(startUs / 40_000) * 40_000);
      if (frame === undefined) continue;
      const laterMs = frame.atMs - atMs - (frame.timeUs - startUs) / 1000;
      expect(laterMs).toBeGreaterThan(20);
      expect(laterMs).toBeLessThan(45);
    }
  });

  it.each([
    ['5 %', 0.05, 0],
    ['15 % with jitter', 0.15, 40],
  ])('loses no picture to a link that loses %s', (_, share, jitterMs) => {
    const random = seededRandom(4);
    const world = new World();
    world.run(300);
    world.talk(
      8000,
      () => random.uniform() < share,
      () => random.uniform() * jitterMs,
    );
    world.run(8000);
    expect(Math.max(...gapsMs(world, 1500))).toBeLessThan(200);
    const sequences = world.sounds.map(({ sequence }) => sequence);
    expect(sequences.toSorted((a, b) => a - b)).toEqual(sequences);
    // What was lost is missing from the numbers, so that the listener's decoder conceals it.
    expect((sequences.at(-1) ?? 0) - (sequences[0] ?? 0) + 1 - sequences.length).toBeGreaterThan(
      (8000 / 20) * share * 0.5,
    );
    expect(world.pipeline.figures.lost).toBeGreaterThan(0);
  });

  it('skips pictures first, then lowers the rate, when a thread is too slow; sound is not touched', () => {
    const world = new World({ framesPerSecond: 40, renderMs: () => 29 });
    world.talk(9000);
    world.run(9000);
    expect(world.pipeline.figures.skippedFrames).toBeGreaterThan(10);
    expect(world.pipeline.figures.framesPerSecond).toBe(30);
    expect(Math.max(...gapsMs(world, 1500))).toBeLessThan(120);
    const steps = world.sounds.slice(1).map(({ sequence }, index) => sequence - (world.sounds[index]?.sequence ?? 0));
    expect(new Set(steps)).toEqual(new Set([1]));
    expect(world.pipeline.figures.droppedSound).toBe(0);
  });

  it('recovers from a stall within a second, without a frozen picture afterwards', () => {
    const world = new World({ renderMs: (nowMs) => (nowMs > 4000 && nowMs < 4040 ? 900 : 9) });
    world.talk(9000);
    world.run(9000);
    expect(Math.max(...gapsMs(world, 6000))).toBeLessThan(60);
    expect(world.frames.at(-1)?.atMs).toBeGreaterThan(9900);
  });

  it('goes on with plausible motion while the networks hang', () => {
    const world = new World({ motionMs: 3000 });
    world.talk(6000);
    world.run(6000);
    expect(world.pipeline.figures.skippedHops).toBeGreaterThan(20);
    expect(Math.max(...gapsMs(world, 3000))).toBeLessThan(200);
  });

  it('lets slow networks catch up: each run hears all that was skipped, and none comes for nothing', () => {
    const world = new World({ motionMs: 110 });
    world.talk(6000);
    world.run(6000);
    expect(world.pipeline.figures.skippedHops).toBeGreaterThan(20);
    expect(world.pipeline.figures.lateResults).toBe(0);
    expect(Math.max(...gapsMs(world, 3000))).toBeLessThan(200);
  });

  it('silences and closes the mouth within 200 ms of an interruption', () => {
    const world = new World();
    world.run(500);
    world.talk(6000);
    world.run(3000);
    expect(world.frames.at(-1)?.jaw).toBeGreaterThan(0.05);
    const interruptedMs = world.nowMs;
    world.pipeline.push({ type: 'control', message: { type: 'interrupt' } }, world.now);
    world.run(1000);
    expect(audible(world, interruptedMs)).toHaveLength(0);
    const shut = world.frames.find(({ atMs, jaw }) => atMs > interruptedMs && jaw < 0.02);
    expect((shut?.atMs ?? Infinity) - interruptedMs).toBeLessThan(200);
    world.pipeline.push({ type: 'control', message: { type: 'resume' } }, world.now);
    world.run(500);
    expect(world.sounds.some(({ atMs }) => atMs > interruptedMs + 1000)).toBe(true);
  });

  it('mutes sound and mouth, and goes on numbering afterwards as if nothing was lost', () => {
    const world = new World();
    world.talk(4000);
    world.run(1000);
    world.pipeline.push({ type: 'control', message: { type: 'mute', active: true } }, world.now);
    const before = world.sounds.at(-1)?.sequence ?? 0;
    world.run(1000);
    expect(world.sounds.at(-1)?.sequence).toBe(before);
    world.pipeline.push({ type: 'control', message: { type: 'mute', active: false } }, world.now);
    world.run(500);
    expect(world.sounds.find(({ sequence }) => sequence > before)?.sequence).toBeLessThan(before + 12);
  });

  it('speaks typed text in real time, before the microphone, and can be stopped', () => {
    const world = new World();
    world.talk(5000);
    world.run(1000);
    const fromMs = world.nowMs;
    world.pipeline.push(
      { type: 'speech', packets: Array.from({ length: 50 }, () => Uint8Array.of(31 << 3, 7)) },
      world.now,
    );
    expect(world.pipeline.speechDelayUs).toBeLessThan(1_200_000);
    world.run(1500);
    const spoken = world.sounds.filter(({ atMs }) => atMs > fromMs && atMs < fromMs + 1500);
    expect(spoken.length).toBeGreaterThan(60);
    const starts = spoken.slice(1).map(({ startUs }, index) => startUs - (spoken[index]?.startUs ?? 0));
    expect(Math.max(...starts)).toBeLessThanOrEqual(60_000);
    world.pipeline.push(
      { type: 'speech', packets: Array.from({ length: 50 }, () => Uint8Array.of(31 << 3, 7)) },
      world.now,
    );
    world.run(200);
    world.pipeline.push({ type: 'stop-speech' }, world.now);
    expect(world.pipeline.speechUs).toBe(0);
  });

  it('silences typed speech and closes the mouth within 200 ms of a stop', () => {
    const world = new World();
    world.run(1000);
    const packets = Array.from({ length: 100 }, () => Uint8Array.of(31 << 3, 7));
    world.pipeline.push({ type: 'speech', packets }, world.now);
    world.run(1500);
    expect(world.frames.at(-1)?.jaw).toBeGreaterThan(0.05);
    const stoppedMs = world.nowMs;
    world.pipeline.push({ type: 'stop-speech' }, world.now);
    world.run(1000);
    expect(audible(world, stoppedMs)).toHaveLength(0);
    // Silence that is said: a decoder without packets would go on with the sound that it had.
    expect(world.sounds.filter(({ atMs }) => atMs > stoppedMs)).toHaveLength(3);
    const shut = world.frames.find(({ atMs, jaw }) => atMs > stoppedMs && jaw < 0.02);
    expect((shut?.atMs ?? Infinity) - stoppedMs).toBeLessThan(200);
  });

  it('knows how much of typed speech has been heard, to the packet, also when it was stopped', () => {
    const world = new World();
    world.run(1000);
    const packets = Array.from({ length: 100 }, () => Uint8Array.of(31 << 3, 7));
    world.pipeline.push({ type: 'speech', packets }, world.now);
    expect(world.pipeline.spokenUs).toBe(0);
    const before = world.sounds.length;
    world.run(900);
    const heard = world.sounds.length - before;
    expect(heard).toBeGreaterThan(30);
    expect(world.pipeline.spokenUs).toBe(heard * 20_000);
    world.pipeline.push({ type: 'stop-speech' }, world.now);
    // The microphone does not count.
    world.talk(500);
    world.run(1000);
    expect(world.sounds.length - before).toBeGreaterThan(heard);
    expect(world.pipeline.spokenUs).toBe(heard * 20_000);
  });

  it('makes few pictures for nobody, all of which stand alone', () => {
    const world = new World({ viewers: 0 }).run(10_000);
    expect(world.frames.length).toBeGreaterThan(8);
    expect(world.frames.length).toBeLessThan(12);
    expect(world.frames.every(({ keyframe }) => keyframe)).toBe(true);
    world.pipeline.push({ type: 'viewers', count: 1 }, world.now);
    const before = world.frames.length;
    world.run(1000);
    expect(world.frames.length - before).toBeGreaterThan(20);
  });

  it('makes fewer pictures while it is held back, and all of them again afterwards', () => {
    const world = new World().run(1000);
    const madeIn = (forMs: number): number => {
      const before = world.frames.length;
      world.run(forMs);
      return world.frames.length - before;
    };
    world.pipeline.push({ type: 'held-back', intervalUs: 320_000 }, world.now);
    world.talk(4000);
    expect(madeIn(4000)).toBeLessThan(15);
    // In sync all the same: no picture is older than its sound.
    expect(world.frames.at(-1)?.totalUs ?? 0).toBeLessThan(400_000);
    world.pipeline.push({ type: 'held-back', intervalUs: 0 }, world.now);
    expect(madeIn(4000)).toBeGreaterThan(90);
  });

  it('takes another stream, DTX, stereo and rubbish as they come', () => {
    const world = new World();
    world.run(300);
    for (let index = 0; index < 200; index++) {
      world.at(world.nowMs + index * 20, () => {
        if (index % 50 < 25)
          world.hear(
            index + (index > 100 ? 77_777_777 : 0),
            index > 100 ? 2 : 1,
            Uint8Array.of((31 << 3) | 4, 1, 2, index),
          );
        else if (index % 20 === 0) world.hear(index, 1, Uint8Array.of(31 << 3));
        else if (index % 7 === 0) world.hear(index, 3, new Uint8Array(index % 3));
      });
    }
    world.run(5000);
    expect(Math.max(...gapsMs(world, 1300))).toBeLessThan(130);
  });

  it('stays in step through a minute of silence', () => {
    const world = new World({ viewers: 0 });
    world.run(60_000);
    world.pipeline.push({ type: 'viewers', count: 1 }, world.now);
    world.talk(2000);
    world.run(3000);
    expect(world.frames.at(-1)?.totalUs ?? 0).toBeLessThan(400_000);
    expect(Math.max(...gapsMs(world, world.nowMs - 1500))).toBeLessThan(80);
  });
});

/** What was sent after a moment and is more than silence. */
function audible(world: World, afterMs: number): World['sounds'] {
  return world.sounds.filter(({ atMs, data }) => atMs > afterMs && data !== OPUS_SILENCE);
}
