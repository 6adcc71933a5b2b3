import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { monotonicUs } from '../../../src/base/timeline.ts';
import { AgentSpeech, type SegmentNews } from '../../../src/server/livekit/agent-speech.ts';
import { TimedOutlet } from '../../support/timed-outlet.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function open(limits: { readonly mostQueuedUs?: number } = {}) {
  const news: SegmentNews[] = [];
  const frames: Float32Array[] = [];
  const speech = new AgentSpeech({
    ...limits,
    outlet: new TimedOutlet(),
    encoder: {
      encode: (samples) => {
        frames.push(samples.slice());
        return new Uint8Array(1);
      },
    },
    clock: { now: () => monotonicUs(performance.now() * 1000) },
    onNews: (each) => news.push(each),
  });
  return { speech, news, frames };
}

const MONO = { sample_rate: '24000', num_channels: '1' };
const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

function pcm(ms: number, values: readonly number[] = [8192], rateHz = 24_000): Uint8Array {
  const length = ((ms * rateHz) / 1000) * values.length;
  return new Uint8Array(Int16Array.from({ length }, (_, index) => values[index % values.length] ?? 0).buffer);
}

describe('AgentSpeech', () => {
  it('tells the beginning and the end of each segment once, in order', () => {
    const { speech, news } = open();
    for (const ms of [300, 500]) {
      const segment = speech.segment(MONO);
      segment?.onChunk(pcm(ms));
      segment?.onEnd();
    }
    pass(1200);
    expect(news).toEqual([
      { type: 'started' },
      { type: 'finished', playedMs: 300, interrupted: false },
      { type: 'started' },
      { type: 'finished', playedMs: 500, interrupted: false },
    ]);
  });

  it('takes a pause in the middle of a stream for a part of its segment', () => {
    const { speech, news } = open();
    const segment = speech.segment(MONO);
    segment?.onChunk(pcm(200));
    pass(3000);
    segment?.onChunk(pcm(200));
    segment?.onEnd();
    pass(1000);
    expect(news).toEqual([{ type: 'started' }, { type: 'finished', playedMs: 400, interrupted: false }]);
  });

  it('ends a segment whose sound has long been heard when its stream ends', () => {
    const { speech, news } = open();
    const segment = speech.segment(MONO);
    segment?.onChunk(pcm(200));
    pass(3000);
    segment?.onEnd();
    expect(news.at(-1)).toEqual({ type: 'finished', playedMs: 200, interrupted: false });
  });

  it('a clear interrupts every segment once, with the position of the one that is heard, and drops what still comes of it', () => {
    const { speech, news } = open();
    const [heard, waiting] = [speech.segment(MONO), speech.segment(MONO)];
    heard?.onChunk(pcm(2000));
    heard?.onEnd();
    waiting?.onChunk(pcm(500));
    pass(1000);
    speech.clear();
    waiting?.onChunk(pcm(500));
    waiting?.onEnd();
    pass(3000);
    const [started, first, second, ...more] = news;
    expect(started).toEqual({ type: 'started' });
    expect(first).toMatchObject({ type: 'finished', interrupted: true });
    expect((first as { playedMs: number }).playedMs).toBeGreaterThan(800);
    expect((first as { playedMs: number }).playedMs).toBeLessThanOrEqual(1020);
    expect(second).toEqual({ type: 'finished', playedMs: 0, interrupted: true });
    expect(more).toEqual([]);
    // The next one is heard as if nothing had been.
    const next = speech.segment(MONO);
    next?.onChunk(pcm(100));
    next?.onEnd();
    pass(500);
    expect(news.at(-1)).toEqual({ type: 'finished', playedMs: 100, interrupted: false });
  });

  it('says nothing of a stream without sound, and nothing of a clear when nobody speaks', () => {
    const { speech, news } = open();
    speech.segment(MONO)?.onEnd();
    speech.clear();
    pass(2000);
    expect(news).toEqual([]);
  });

  it('mixes stereo down, wherever its chunks are cut', () => {
    const { speech, frames } = open();
    const segment = speech.segment({ sample_rate: '24000', num_channels: '2' });
    const bytes = pcm(400, [16_384, 0]);
    for (let at = 0; at < bytes.length; at += 333) segment?.onChunk(bytes.subarray(at, at + 333));
    segment?.onEnd();
    pass(600);
    expect(frames[10]?.every((value) => Math.abs(value - 0.25) < 0.001)).toBe(true);
  });

  it('holds no more speech than it may, and drops what comes beyond', () => {
    const { speech, news } = open({ mostQueuedUs: 1_000_000 });
    const segment = speech.segment(MONO);
    for (let piece = 0; piece < 10; piece++) segment?.onChunk(pcm(400));
    segment?.onEnd();
    pass(5000);
    expect(news.at(-1)).toEqual({ type: 'finished', playedMs: 1200, interrupted: false });
  });

  it('goes on at another rate, and interrupts what was still to be heard', () => {
    const { speech, news } = open();
    speech.segment(MONO)?.onChunk(pcm(1000));
    pass(300);
    const other = speech.segment({ sample_rate: '16000', num_channels: '1' });
    other?.onChunk(pcm(200, [8192], 16_000));
    other?.onEnd();
    pass(1000);
    expect(news.map((each) => (each.type === 'finished' ? each.interrupted : each.type))).toEqual([
      'started',
      true,
      'started',
      false,
    ]);
  });

  it.each([
    [{}],
    [{ sample_rate: 'fast', num_channels: '1' }],
    [{ sample_rate: '4000', num_channels: '1' }],
    [{ sample_rate: '24000', num_channels: '6' }],
    [{ sample_rate: '24000', num_channels: '0' }],
  ])('takes no stream that says %j', (attributes) => {
    expect(open().speech.segment(attributes)).toBeUndefined();
  });
});
