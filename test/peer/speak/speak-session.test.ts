import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QUEUE_MS, type SpeakEvent } from '../../../protocol/speak.ts';
import { monotonicUs } from '../../../src/base/timeline.ts';
import { SpeakSession } from '../../../src/peer/speak/speak-session.ts';
import { TimedOutlet } from '../../support/timed-outlet.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A session whose frames are encoded as their mean, so that a test sees which sound is where. */
function open(sampleRateHz = 24_000) {
  const outlet = new TimedOutlet();
  const events: SpeakEvent[] = [];
  const frames: Float32Array[] = [];
  let isEncoderOpen = true;
  const session = new SpeakSession({
    outlet,
    sampleRateHz,
    encoder: {
      encode: (samples) => {
        frames.push(samples.slice());
        return new Uint8Array(1);
      },
      close: () => {
        isEncoderOpen = false;
      },
    },
    clock: { now: () => monotonicUs(performance.now() * 1000) },
    onEvent: (event) => events.push(event),
  });
  const named = (type: SpeakEvent['type']) => events.filter((event) => event.type === type);
  return { session, outlet, events, frames, named, isEncoderOpen: () => isEncoderOpen };
}

/** @returns a constant of that length. */
function pcm(ms: number, rateHz = 24_000, value = 8192): Uint8Array {
  return new Uint8Array(Int16Array.from({ length: (ms * rateHz) / 1000 }, () => value).buffer);
}

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

describe('SpeakSession', () => {
  it.each([8000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000])('speaks PCM of %i Hz in its own time', (rateHz) => {
    const { session, frames, events } = open(rateHz);
    session.push(pcm(1000, rateHz));
    session.end();
    pass(900);
    expect(events.map(({ type }) => type)).toEqual(['started']);
    pass(200);
    expect(events.at(-1)).toEqual({ type: 'finished', turn: 1, playedMs: 1000 });
    expect(frames.length).toBeGreaterThanOrEqual(50);
    expect(frames.length).toBeLessThanOrEqual(51);
    // The constant comes through: in the middle, away from the filter's edges.
    expect(frames[25]?.every((value) => Math.abs(value - 0.25) < 0.001)).toBe(true);
    session.close();
  });

  it('gives the same sound however its bytes are cut, in the middle of samples too', () => {
    const bytes = new Uint8Array(Int16Array.from({ length: 4800 }, (_, n) => 9000 * Math.sin(n / 9)).buffer);
    const whole = open();
    whole.session.push(bytes);
    whole.session.end();
    pass(400);
    const cut = open();
    for (let at = 0, size = 1; at < bytes.length; at += size, size = ((size * 7) % 83) + 1) {
      cut.session.push(bytes.subarray(at, at + size));
    }
    cut.session.end();
    pass(400);
    expect(cut.frames).toEqual(whole.frames);
    expect(cut.named('error')).toEqual([]);
  });

  it('encodes only a little ahead of what is heard, whatever it was given', () => {
    const { session, outlet } = open();
    session.push(pcm(30_000));
    pass(1000);
    expect(outlet.packets.length).toBeGreaterThan(50);
    expect(outlet.packets.length).toBeLessThan(75);
    session.close();
  });

  it('has room for a minute, and says when to pause and when to go on', () => {
    const { session, named } = open();
    for (let s = 0; s < 44; s++) session.push(pcm(1000));
    expect(named('flow')).toEqual([]);
    for (let s = 0; s < 15; s++) session.push(pcm(1000));
    expect(named('flow')).toMatchObject([{ state: 'pause' }]);
    expect(session.hasRoom).toBe(true);
    session.push(pcm(1500));
    expect(session.hasRoom).toBe(false);
    pass(1000);
    expect(session.hasRoom).toBe(true);
    pass(QUEUE_MS / 2);
    expect(named('flow')).toMatchObject([{ state: 'pause' }, { state: 'resume' }]);
    session.close();
  });

  it('clear forgets everything and says how much was heard', () => {
    const { session, outlet, events, named } = open();
    session.push(pcm(5000));
    session.end();
    session.push(pcm(1000));
    pass(1210);
    session.clear();
    // 20 ms packets: the one that was leaving counts.
    expect(events.at(-1)).toMatchObject({ type: 'cleared', turn: 1 });
    const { playedMs, droppedMs } = named('cleared')[0] as SpeakEvent & { type: 'cleared' };
    expect(playedMs).toBeGreaterThan(1170);
    expect(playedMs).toBeLessThan(1230);
    expect(playedMs + droppedMs).toBeGreaterThan(5980);
    expect(playedMs + droppedMs).toBeLessThan(6020);
    expect(outlet.stops).toBe(1);
    const given = outlet.packets.length;
    pass(2000);
    expect(outlet.packets.length).toBe(given);
    expect(named('finished')).toEqual([]);
    // The next turn begins at once, and at zero.
    session.push(pcm(200));
    session.end();
    pass(300);
    expect(events.slice(-2)).toEqual([
      { type: 'started', turn: 3 },
      { type: 'finished', turn: 3, playedMs: 200 },
    ]);
  });

  it('clear in silence is answered too', () => {
    const { session, events } = open();
    session.clear();
    expect(events).toEqual([{ type: 'cleared', turn: null, playedMs: 0, droppedMs: 0 }]);
  });

  it('speaks turns one after the other without a gap', () => {
    const { session, outlet, events } = open();
    for (let turn = 0; turn < 3; turn++) {
      session.push(pcm(200));
      session.end();
    }
    pass(700);
    expect(events.map((event) => ('turn' in event ? `${event.type} ${event.turn ?? 0}` : event.type))).toEqual([
      'started 1',
      'finished 1',
      'started 2',
      'finished 2',
      'started 3',
      'finished 3',
    ]);
    expect(outlet.gaps).toBe(0);
  });

  it('ends a turn that nobody ended after a second of silence', () => {
    const { session, events } = open();
    session.push(pcm(300));
    pass(1200);
    expect(events.map(({ type }) => type)).toEqual(['started']);
    pass(200);
    expect(events.at(-1)).toEqual({ type: 'finished', turn: 1, playedMs: 300 });
  });

  it('waits 20 ms for a sender that is as slow as speech, and after one gap has enough for the next', () => {
    const { session, outlet } = open();
    session.push(pcm(20));
    expect(outlet.packets.length).toBe(0);
    pass(20);
    session.push(pcm(20));
    pass(10);
    expect(outlet.packets.length).toBe(1);
    // Chunks of 20 ms that come each up to 60 ms late: one gap, and then a reserve.
    for (let chunk = 0; chunk < 100; chunk++) {
      session.push(pcm(20));
      pass(chunk % 4 === 3 ? 80 : 0);
    }
    expect(outlet.gaps).toBeLessThanOrEqual(1);
    session.close();
  });

  it('drops half a sample at the end of a turn and says so', () => {
    const { session, named } = open();
    session.push(pcm(100).subarray(0, 4799));
    session.end();
    expect(named('error')).toMatchObject([{ code: 'PCM_ODD' }]);
    pass(300);
    expect(named('finished')).toHaveLength(1);
  });

  it('goes on with whole samples when another socket takes over', () => {
    const { session, frames } = open();
    session.push(pcm(200).subarray(0, 4801));
    session.align();
    session.push(pcm(200));
    session.end();
    pass(500);
    // Bytes that were paired wrongly would be noise: 0x20 and 0x00 change places.
    expect(frames.flatMap((frame) => [...frame]).every((value) => value < 0.3)).toBe(true);
  });

  it('a turn without sound is over at once, and closing frees what it holds', () => {
    const { session, events, isEncoderOpen, outlet } = open();
    session.push(new Uint8Array(1));
    session.end();
    expect(events.map(({ type }) => type)).toEqual(['error', 'finished']);
    session.push(pcm(1000));
    session.close();
    session.close();
    expect(isEncoderOpen()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
    const given = outlet.packets.length;
    session.push(pcm(1000));
    pass(100);
    expect(outlet.packets.length).toBe(given);
  });

  it('an overtaking clear drops what comes before the clear of the same name, and is told once', () => {
    const { session, named, outlet } = open();
    session.push(pcm(1000));
    pass(300);
    session.overtake('a');
    session.push(pcm(1000));
    session.end();
    expect(session.queuedUs).toBe(0);
    session.clear('a');
    session.push(pcm(40));
    session.end();
    pass(200);
    expect(outlet.stops).toBe(1);
    expect(named('cleared')).toHaveLength(1);
    expect(named('finished')).toEqual([{ type: 'finished', turn: 2, playedMs: 40 }]);
    session.close();
  });

  it('an overtaking clear that comes after its own, or whose socket broke, drops nothing', () => {
    const { session, named } = open();
    session.clear('a');
    session.overtake('a');
    session.push(pcm(40));
    session.end();
    pass(200);
    expect(named('finished')).toHaveLength(1);
    session.overtake('b');
    session.align();
    session.push(pcm(40));
    session.end();
    pass(200);
    expect(named('finished')).toHaveLength(2);
    session.close();
  });
});
