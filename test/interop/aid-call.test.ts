import { spawnSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PcmReader } from '../../src/server/speech/pcm-reader.ts';
import { openBrowser, waitForPictures, watch, type Sight, type TestBrowser } from '../support/browser.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';

const REMOTE = '[data-testid="remote-video"]';
const TEXT = 'Good morning Grace. The big brown dog jumped over a lazy fox, and everybody laughed about it.';
const HOP_S = 0.02;

const missing = spawnSync('espeak-ng', ['--version']).status !== 0;

describe.skipIf(missing)('two people, one types and one listens, in real Chromium', () => {
  let server: ServerProcess;
  let chromium: TestBrowser;
  let ada: Page;
  let grace: Page;

  beforeAll(async () => {
    [server, chromium] = await Promise.all([startServer(), openBrowser()]);
    const room = `${server.url}/?room=aid&autojoin=1&microphone=off&lang=en`;
    ada = await chromium.open(`${room}&name=Ada`);
    grace = await chromium.open(`${room}&name=Grace`);
    await waitForPictures(grace, REMOTE);
    await ada.click('button[data-panel="aid"]');
    await grace.click('button[data-panel="aid"]');
    await ada.waitForFunction(`document.querySelector('[data-aid="state"]').dataset.state === 'ready'`);
  }, 180_000);

  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test('the listener sees that the other one writes, and what, once it is allowed', async () => {
    const badge = grace.locator('[data-testid="typing"]');
    await ada.locator('[data-aid="text"]').fill('I am thinking');
    await badge.filter({ hasText: /Ada.* is writing/ }).waitFor({ timeout: 30_000 });
    expect(await badge.textContent()).not.toContain('thinking');
    await ada.getByLabel('Let the others read along as I type').check();
    await badge.filter({ hasText: 'I am thinking' }).waitFor({ timeout: 30_000 });
  }, 90_000);

  test('typed words are heard, move the mouth, and are captioned in time with the sound', async () => {
    const hearing = listen(grace);
    const watching = watch(grace, REMOTE, 12);
    await ada.locator('[data-aid="text"]').fill(TEXT);
    await ada.locator('[data-aid="text"]').press('Enter');
    const { samples, sampleRateHz, startMs, words } = await hearing;
    const sights = await watching;

    // Recognisable: its loudness rises and falls as the voice's own does.
    const heard = envelope(Float32Array.from(samples), sampleRateHz);
    const spoken = envelope(...espeak(TEXT));
    const { correlation, lag } = bestFit(heard, spoken);
    expect(correlation).toBeGreaterThan(0.75);

    // Every word was captioned, in its order, each as it was heard.
    const said = words.map(({ word }) => word).filter((word, i, all) => word !== all[i - 1]);
    expect(said.join(' ')).toContain('Good morning Grace');
    expect(said).toEqual(expect.arrayContaining(['brown', 'lazy', 'laughed']));
    const firstMs = startMs + lag * HOP_S * 1000;
    const captionMs = words[0]?.atMs ?? Number.NaN;
    if (process.env['VISAVIS_AID'] !== undefined)
      process.stderr.write(
        `caption - sound: ${Math.round(captionMs - firstMs)} ms, correlation ${correlation.toFixed(2)}\n`,
      );
    expect(Math.abs(captionMs - firstMs)).toBeLessThan(200);

    // The mouth moves while there is sound more than while there is none.
    const loud = sights.filter((sight) => near(sights, sight, 400).some(({ soundDb }) => soundDb > -45));
    const quiet = sights.filter((sight) => near(sights, sight, 900).every(({ soundDb }) => soundDb < -55));
    expect(loud.length).toBeGreaterThan(20);
    expect(quiet.length).toBeGreaterThan(10);
    expect(deviation(loud)).toBeGreaterThan(1.5 * deviation(quiet));
  }, 120_000);

  test('Escape silences the voice and cuts the caption', async () => {
    await ada.locator('[data-aid="text"]').fill(`${TEXT} ${TEXT} ${TEXT}`);
    await ada.locator('[data-aid="text"]').press('Enter');
    await grace.locator('[data-testid="caption"]', { hasText: 'Good morning' }).waitFor({ timeout: 30_000 });
    await ada.waitForFunction(`document.querySelector('[data-aid="state"]').dataset.state !== 'preparing'`);
    await ada.keyboard.press('Escape');
    await ada.waitForFunction(`document.querySelector('[data-aid="state"]').dataset.state === 'stopped'`);
    const { samples, sampleRateHz } = await listen(grace, 2);
    const rest = envelope(Float32Array.from(samples), sampleRateHz).slice(Math.round(1 / HOP_S));
    expect(Math.max(...rest)).toBeLessThan(0.003);
  }, 90_000);

  test('the page shows that the picture is signed for', async () => {
    await grace.locator('summary', { hasText: 'Where this picture comes from' }).click();
    await grace
      .locator('[data-testid="provenance"][data-verdict="verified"]', { hasText: 'Ada' })
      .waitFor({ timeout: 30_000 });
  }, 60_000);
});

interface Heard {
  readonly samples: number[];
  readonly sampleRateHz: number;
  /** Of the page's clock, at the first sample. */
  readonly startMs: number;
  readonly words: readonly { readonly word: string; readonly atMs: number }[];
}

/** Records what comes out of the remote video, and when each word of a caption is marked. */
function listen(page: Page, seconds = 11): Promise<Heard> {
  return page.evaluate<Heard>(`new Promise((resolve) => {
    const video = document.querySelector('${REMOTE}');
    const context = new AudioContext();
    const source = context.createMediaStreamSource(new MediaStream(video.srcObject.getAudioTracks()));
    const recorder = context.createScriptProcessor(1024, 1, 1);
    const samples = [];
    const words = [];
    let startMs;
    recorder.onaudioprocess = ({ inputBuffer }) => {
      startMs ??= performance.now() - (1024 / context.sampleRate) * 1000;
      samples.push(...inputBuffer.getChannelData(0));
    };
    source.connect(recorder);
    recorder.connect(context.destination);
    const caption = new MutationObserver(() => {
      const word = document.querySelector('[data-testid="caption-word"]')?.textContent;
      if (word && word !== words.at(-1)?.word) words.push({ word, atMs: performance.now() });
    });
    caption.observe(document.getElementById('captions'), { subtree: true, childList: true, characterData: true });
    setTimeout(() => {
      caption.disconnect();
      void context.close();
      resolve({ samples, sampleRateHz: context.sampleRate, startMs, words });
    }, ${seconds * 1000});
  })`);
}

/** @returns the same text from espeak-ng itself, without the silence before it. */
function espeak(text: string): [samples: Float32Array, sampleRateHz: number] {
  const { stdout } = spawnSync('espeak-ng', ['-v', 'en-us', '-s', '165', '-p', '50', '--stdin', '--stdout'], {
    input: text,
  });
  const reader = new PcmReader();
  const samples = reader.push(stdout);
  const first = samples.findIndex((value) => Math.abs(value) > 0.004);
  return [samples.subarray(first), reader.sampleRateHz ?? 0];
}

function envelope(samples: Float32Array, sampleRateHz: number): number[] {
  const hop = Math.round(sampleRateHz * HOP_S);
  return Array.from({ length: Math.floor(samples.length / hop) }, (_, i) => {
    const part = samples.subarray(i * hop, (i + 1) * hop);
    return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / hop);
  });
}

/** @returns where `short` fits best into `long`, and how well (Pearson). */
function bestFit(long: readonly number[], short: readonly number[]): { correlation: number; lag: number } {
  // Sentences are spoken one by one, with pauses of our own between: the first two seconds are one piece.
  const piece = short.slice(0, Math.round(1.1 / HOP_S));
  let best = { correlation: -1, lag: 0 };
  for (let lag = 0; lag + piece.length <= long.length; lag++) {
    const correlation = pearson(long.slice(lag, lag + piece.length), piece);
    if (correlation > best.correlation) best = { correlation, lag };
  }
  return best;
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let both = 0;
  let powerA = 0;
  let powerB = 0;
  for (const [i, value] of a.entries()) {
    const other = (b[i] ?? 0) - meanB;
    both += (value - meanA) * other;
    powerA += (value - meanA) ** 2;
    powerB += other ** 2;
  }
  return both / Math.sqrt(powerA * powerB + 1e-12);
}

function near(sights: readonly Sight[], { atMs }: Sight, spanMs: number): Sight[] {
  return sights.filter((sight) => sight.atMs > atMs - spanMs && sight.atMs <= atMs);
}

function deviation(sights: readonly Sight[]): number {
  const mean = sights.reduce((sum, { mouthLuma }) => sum + mouthLuma, 0) / sights.length;
  return Math.sqrt(sights.reduce((sum, { mouthLuma }) => sum + (mouthLuma - mean) ** 2, 0) / sights.length);
}
