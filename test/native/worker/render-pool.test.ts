import { afterEach, describe, expect, it } from 'vitest';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { restMotion } from '../../../src/media/motion-space.ts';
import { RenderPool, type Renderer } from '../../../src/native/worker/render-pool.ts';
import type { Rank } from '../../../src/native/worker/turns.ts';

const CODEC = new URL('../../peer/support/flat-codec.ts', import.meta.url);
const AVATAR = new Uint8Array(new SharedArrayBuffer(4));
const OPTIONS = {
  avatar: AVATAR,
  decoder: { sizePx: 256, background: 'portrait', badge: true, seed: 1 },
  bitrateBps: 500_000,
  framesPerSecond: 25,
} as const;

const pools: RenderPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function open(threads = 1): RenderPool {
  const pool = RenderPool.open({ threads, codecUrl: CODEC });
  pools.push(pool);
  return pool;
}

function render(renderer: Renderer, index: number, keyframe = false, rank: Rank = 'established') {
  const timeUs = mediaTimeUs(index * 40_000);
  return renderer.render({ motion: restMotion(), timeUs, keyframe, rank, bitrateBps: 500_000, framesPerSecond: 25 });
}

describe('RenderPool', () => {
  it('draws and encodes in order, a keyframe when asked', async () => {
    const renderer = await open().open(OPTIONS);
    const pictures = await Promise.all([0, 1, 2, 3].map((index) => render(renderer, index, index === 2)));
    expect(pictures.map(({ frame }) => frame?.keyframe)).toEqual([true, false, true, false]);
    expect(pictures.map(({ frame }) => frame?.timeUs)).toEqual([0, 40_000, 80_000, 120_000]);
    for (const { drawUs, encodeUs } of pictures) expect(drawUs + encodeUs).toBeGreaterThan(0);
  });

  it('prepares an avatar on every thread and leaves nothing open', async () => {
    const pool = open(2);
    await pool.prepare(AVATAR, OPTIONS.decoder);
    expect([pool.renderers, pool.pending]).toEqual([0, 0]);
    const { frame } = await render(await pool.open(OPTIONS), 0);
    expect(frame?.keyframe).toBe(true);
  });

  it('draws for a call before it goes on with a preparation', async () => {
    const pool = open();
    const renderer = await pool.open(OPTIONS);
    await render(renderer, 0);
    const done: string[] = [];
    const prepared = pool.prepare(AVATAR, OPTIONS.decoder).then(() => done.push('prepared'));
    const picture = render(renderer, 1).then(() => done.push('picture'));
    await Promise.all([prepared, picture]);
    expect(done).toEqual(['picture', 'prepared']);
  });

  it('draws for established calls before newcomers, and each in its order', async () => {
    const pool = open();
    const [old, young] = await Promise.all([pool.open(OPTIONS), pool.open(OPTIONS)]);
    const done: string[] = [];
    const order = (
      renderer: Renderer,
      index: number,
      rank: 'established' | 'newcomer',
      name: string,
    ): Promise<unknown> => render(renderer, index, false, rank).then(() => done.push(name));
    await Promise.all([
      order(young, 0, 'newcomer', 'young 0'),
      order(young, 1, 'newcomer', 'young 1'),
      order(old, 0, 'established', 'old 0'),
      order(old, 1, 'established', 'old 1'),
    ]);
    expect(done.indexOf('old 1')).toBeLessThan(done.indexOf('young 1'));
    expect(done.indexOf('old 0')).toBeLessThan(done.indexOf('old 1'));
    expect(done.indexOf('young 0')).toBeLessThan(done.indexOf('young 1'));
  });

  it('spreads renderers over its threads and takes them back', async () => {
    const pool = open(2);
    const renderers = await Promise.all([0, 1, 2, 3].map(() => pool.open(OPTIONS)));
    expect(pool.renderers).toBe(4);
    await Promise.all(renderers.map((renderer) => render(renderer, 0)));
    for (const renderer of renderers) {
      await renderer.close();
      await renderer.close();
    }
    expect(pool.renderers).toBe(0);
  });

  it('tells what the codec says of an avatar, and serves the next', async () => {
    const pool = open();
    await expect(pool.open({ ...OPTIONS, avatar: new Uint8Array(0) })).rejects.toThrow(/empty avatar/);
    expect(pool.renderers).toBe(0);
    const renderer = await pool.open(OPTIONS);
    expect((await render(renderer, 0)).frame?.keyframe).toBe(true);
  });

  it('refuses a time that stands still, and goes on', async () => {
    const renderer = await open().open(OPTIONS);
    await render(renderer, 1);
    await expect(render(renderer, 1)).rejects.toMatchObject({ code: 'CODEC_FAILED' });
    expect((await render(renderer, 2)).frame).toBeDefined();
  });

  it('rejects what is asked of a pool that is closed', async () => {
    const pool = open();
    const renderer = await pool.open(OPTIONS);
    await pool.close();
    await expect(render(renderer, 0)).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    await renderer.close();
  });
});
