import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPauses, shareOut } from '../../src/media/sync/captions.ts';
import { PcmReader } from '../../src/server/speech/pcm-reader.ts';
import { near, openBrowser, stir, waitForPictures, watch, type TestBrowser } from '../support/browser.ts';
import { isInstalled } from '../support/programs.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';

const REMOTE = '[data-testid="remote-video"]';
const SENTENCE = 'The big brown dog jumped over a lazy fox, and everybody laughed about it.';
const TEXT = `Good morning Grace. ${SENTENCE}`;
/** What the same voice sounds like when it says something else. */
const OTHERS = [
  'I would like some water because my throat is rather dry today.',
  'Please come in, sit down, and tell me what has happened.',
];
const HOP_S = 0.02;

const hasEspeak = isInstalled('espeak-ng', '--version');

describe.skipIf(!hasEspeak)('two people, one types and one listens, in real Chromium', () => {
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
    await ada.waitForSelector('[data-aid="state"][data-state="ready"]');
  }, 180_000);

  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test('the listener sees that the other one writes, and what, once it is allowed', async () => {
    const badge = grace.locator('[data-testid="typing"]');
    // Somebody who writes goes on writing: a person who pauses for eight seconds is thinking.
    const text = ada.locator('[data-aid="text"]');
    for (let key = 0; key < 40 && !(await badge.filter({ hasText: /Ada.* is writing/ }).isVisible()); key++) {
      await text.pressSequentially('hm ');
      await ada.waitForTimeout(500);
    }
    expect(await badge.textContent()).toMatch(/Ada.* is writing/);
    await text.fill('I am thinking');
    expect(await badge.textContent()).not.toContain('thinking');
    await ada.getByLabel('Let the others read along as I type').check();
    await badge.filter({ hasText: 'I am thinking' }).waitFor({ timeout: 30_000 });
  }, 90_000);

  // A machine that is busy elsewhere loses sound; a fault loses it every time.
  test(
    'typed words are heard, move the mouth, and are captioned in time with the sound',
    { timeout: 120_000, retry: 2 },
    async () => {
      const hearing = listen(grace);
      const watching = watch(grace, REMOTE, 12);
      await ada.locator('[data-aid="text"]').fill(TEXT);
      await ada.locator('[data-aid="text"]').press('Enter');
      const { samples, sampleRateHz, startMs, words } = await hearing;
      const sights = await watching;

      // Recognisable: its loudness rises and falls as the voice's own does.
      const heard = envelope(samples, sampleRateHz);
      const { correlation, lag } = bestFit(heard, envelope(...espeak(SENTENCE)));
      const others = OTHERS.map((other) => bestFit(heard, envelope(...espeak(other))).correlation);
      note(
        `correlation ${correlation.toFixed(2)}, with other sentences ${others.map((one) => one.toFixed(2)).join(' ')}`,
      );
      if (process.env['VISAVIS_HEARD'] !== undefined) await writeFile(process.env['VISAVIS_HEARD'], samples);
      expect(correlation).toBeGreaterThan(0.65);
      expect(correlation).toBeGreaterThan(0.1 + Math.max(...others));

      // Words were captioned in their order (a busy page may draw two at once), and when they were heard.
      const written = TEXT.match(/[A-Za-z]+/g) ?? [];
      const said = words.map(({ word }) => word);
      note(`captioned ${said.length} of ${written.length} words`);
      expect(said.length).toBeGreaterThan(written.length / 2);
      expect(said).toEqual(written.filter((word) => said.includes(word)));
      const [reference, referenceHz] = espeak(SENTENCE);
      const { speech, pauses } = findPauses(reference, referenceHz);
      const errorsMs = shareOut(SENTENCE, speech.startUs, speech.endUs, pauses).flatMap(({ from, to, startUs }) => {
        const captioned = words.find(({ word }) => word === SENTENCE.slice(from, to));
        return captioned === undefined ? [] : [captioned.atMs - (startMs + lag * HOP_S * 1000 + startUs / 1000)];
      });
      const medianMs = errorsMs.toSorted((one, other) => one - other)[errorsMs.length >> 1] ?? Number.NaN;
      note(`captions ${Math.round(medianMs)} ms after their sound, median of ${errorsMs.length}`);
      expect(errorsMs.length).toBeGreaterThan(4);
      expect(Math.abs(medianMs)).toBeLessThan(200);

      // The mouth moves while there is sound more than while there is none.
      const loud = sights.filter((sight) => near(sights, sight, 400).some(({ soundDb }) => soundDb > -45));
      const quiet = sights.filter((sight) => near(sights, sight, 900).every(({ soundDb }) => soundDb < -55));
      expect(loud.length).toBeGreaterThan(20);
      expect(quiet.length).toBeGreaterThan(10);
      note(`the mouth stirs by ${stir(loud).toFixed(2)} in sound, by ${stir(quiet).toFixed(2)} in silence`);
      expect(stir(loud)).toBeGreaterThan(1.5 * stir(quiet));
    },
  );

  test('Escape silences the voice and cuts the caption', async () => {
    await ada.locator('[data-aid="text"]').fill(`${TEXT} ${TEXT} ${TEXT}`);
    await ada.locator('[data-aid="text"]').press('Enter');
    await grace.locator('[data-testid="caption"]', { hasText: 'Good morning' }).waitFor({ timeout: 30_000 });
    await ada.waitForSelector('[data-aid="state"]:not([data-state="preparing"])');
    await ada.keyboard.press('Escape');
    await ada.waitForSelector('[data-aid="state"][data-state="stopped"]');
    const { samples, sampleRateHz } = await listen(grace, 2);
    const rest = envelope(samples, sampleRateHz).slice(Math.round(1 / HOP_S));
    expect(Math.max(...rest)).toBeLessThan(0.003);
  }, 90_000);

  test('the page shows that the picture is signed for', async () => {
    await grace.locator('summary', { hasText: 'Where this picture comes from' }).click();
    await grace
      .locator('[data-testid="provenance"][data-verdict="verified"]', { hasText: 'Ada' })
      .waitFor({ timeout: 30_000 });
  }, 60_000);
});

/** Figures for whoever asks for them. */
function note(line: string): void {
  if (process.env['VISAVIS_FIGURES'] !== undefined) process.stderr.write(`${line}\n`);
}

interface Heard {
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
  /** Of the page's clock, at the first sample. */
  readonly startMs: number;
  readonly words: readonly { readonly word: string; readonly atMs: number }[];
}

/** Records what comes out of the remote video, and when each word of a caption is marked. */
async function listen(page: Page, seconds = 11): Promise<Heard> {
  // A recorder runs on threads of its own: what a busy page drops is not what was heard.
  const { webm, startMs, words } = await page.evaluate<
    Pick<Heard, 'startMs' | 'words'> & { webm: string }
  >(`new Promise((resolve) => {
    const video = document.querySelector('${REMOTE}');
    const recorder = new MediaRecorder(new MediaStream(video.srcObject.getAudioTracks()), { mimeType: 'audio/webm;codecs=opus' });
    const parts = [];
    const words = [];
    let startMs;
    recorder.onstart = () => (startMs = performance.now());
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      const reader = new FileReader();
      reader.onload = () => resolve({ webm: reader.result.split(',')[1], startMs, words });
      reader.readAsDataURL(new Blob(parts));
    };
    recorder.start();
    const caption = new MutationObserver(() => {
      const marked = [...document.querySelectorAll('[data-testid="caption-word"]')];
      const word = marked.map(({ textContent }) => textContent).findLast((text) => text !== '');
      if (word && word !== words.at(-1)?.word) words.push({ word, atMs: performance.now() });
    });
    caption.observe(document.getElementById('captions'), { subtree: true, childList: true, characterData: true });
    setTimeout(() => {
      caption.disconnect();
      recorder.stop();
    }, ${seconds * 1000});
  })`);
  const args = ['-v', 'error', '-i', '-', '-f', 'f32le', '-ac', '1', '-ar', '16000', '-'];
  const { stdout } = spawnSync('ffmpeg', args, { input: Buffer.from(webm, 'base64'), maxBuffer: 1 << 26 });
  const samples = new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
  return { samples, sampleRateHz: 16_000, startMs, words };
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
  const piece = short.slice(0, Math.round(3 / HOP_S));
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
