import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

import { writeSpeechWav } from './speech-wav.ts';

/** What the functions that run in the page use of it: the page's own types would reach into every test. */
interface PageVideo {
  readonly videoWidth: number;
  readonly videoHeight: number;
  readonly srcObject: { getAudioTracks(): readonly object[] };
  requestVideoFrameCallback(shown: (now: number, picture: { readonly expectedDisplayTime: number }) => void): void;
}
interface PageAnalyser {
  readonly fftSize: number;
  getFloatTimeDomainData(samples: Float32Array): void;
}
interface PageAudio {
  createMediaStreamSource(stream: object): { connect(to: PageAnalyser): void };
  close(): Promise<void>;
}
interface PagePaper {
  drawImage(video: PageVideo, ...area: readonly number[]): void;
  getImageData(left: number, top: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}
declare const document: { querySelector(selector: string): PageVideo | null };
declare const AudioContext: new () => PageAudio;
declare const AnalyserNode: new (context: PageAudio, options: { readonly fftSize: number }) => PageAnalyser;
declare const MediaStream: new (tracks: readonly object[]) => object;
declare const OffscreenCanvas: new (
  width: number,
  height: number,
) => { getContext(kind: '2d', options: object): PagePaper | null };

/** Debian's browser; another one by `CHROMIUM`. */
const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
export const SPEECH_S = 3;
export const SILENCE_S = 3;

export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
  /** Opens a page of its own browser profile; what goes wrong in it fails the test that looks at `problems`. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  readonly problems: readonly string[];
  closePages(): Promise<void>;
}

/** Real Chromium whose microphone speaks for three seconds, is silent for three, and so on. */
export async function openBrowser(flags: readonly string[] = []): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-browser-'));
  const sound = join(folder, 'speech.wav');
  await writeSpeechWav(sound, SPEECH_S, SILENCE_S);
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${sound}`,
      '--autoplay-policy=no-user-gesture-required',
      '--disable-background-networking',
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...flags,
    ],
  });
  const problems: string[] = [];
  return {
    browser,
    problems,
    open: async (url, options = {}) => {
      const context = await browser.newContext({ permissions: ['microphone'], ...options });
      const page = await context.newPage();
      page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    closePages: async () => {
      for (const context of browser.contexts()) await context.close();
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the video shows moving 512x512 pictures: `frames` more than now. */
export async function waitForPictures(page: Page, selector: string, frames = 5): Promise<void> {
  await page.waitForSelector(selector, { timeout: 60_000 });
  await page.evaluate(
    async ({ selector: name, frames: wanted }) => {
      const video = document.querySelector(name);
      if (video === null) throw new Error(`There is no ${name}`);
      for (let seen = 0; seen < wanted;) {
        await new Promise<void>((shown) => {
          video.requestVideoFrameCallback(() => {
            shown();
          });
        });
        // Chromium shows a black picture of 2x2 while there is none.
        if (video.videoWidth > 2) seen++;
      }
    },
    { selector, frames },
  );
}

export async function sizeOf(page: Page, selector: string): Promise<readonly [number, number]> {
  return page.evaluate((name): readonly [number, number] => {
    const video = document.querySelector(name);
    return [video?.videoWidth ?? 0, video?.videoHeight ?? 0];
  }, selector);
}

/** What the viewer saw and heard at one picture. */
export interface Sight {
  /** When the picture was to be shown, milliseconds of the page's clock. */
  readonly atMs: number;
  /** Mean luma of the mouth's region, 0..255: an open mouth is darker. */
  readonly mouthLuma: number;
  /** Loudness of the sound that comes with it, decibels of full scale. */
  readonly soundDb: number;
}

/** Looks at the mouth of a remote video and listens to its sound for `seconds`. */
export async function watch(page: Page, selector: string, seconds: number): Promise<Sight[]> {
  return page.evaluate(
    async ({ selector: name, seconds: lasting }) => {
      const video = document.querySelector(name);
      if (video === null) throw new Error(`There is no ${name}`);
      const context = new AudioContext();
      const analyser = new AnalyserNode(context, { fftSize: 1024 });
      context.createMediaStreamSource(new MediaStream(video.srcObject.getAudioTracks())).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      // The astronaut's mouth in the 512x512 picture, with room for the head to move.
      const mouth = { left: 204, top: 276, width: 100, height: 52 };
      const canvas = new OffscreenCanvas(mouth.width, mouth.height);
      const paper = canvas.getContext('2d', { willReadFrequently: true });
      if (paper === null) throw new Error('There is no canvas');
      const sights: { atMs: number; mouthLuma: number; soundDb: number }[] = [];
      const until = performance.now() + lasting * 1000;
      while (performance.now() < until) {
        const atMs = await new Promise<number>((shown) => {
          video.requestVideoFrameCallback((_now, { expectedDisplayTime }) => {
            shown(expectedDisplayTime);
          });
        });
        const { left, top, width, height } = mouth;
        paper.drawImage(video, left, top, width, height, 0, 0, width, height);
        const { data } = paper.getImageData(0, 0, width, height);
        let luma = 0;
        for (let at = 0; at < data.length; at += 4) {
          luma += 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
        }
        analyser.getFloatTimeDomainData(samples);
        const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
        sights.push({ atMs, mouthLuma: luma / (width * height), soundDb: 10 * Math.log10(power + 1e-10) });
      }
      await context.close();
      return sights;
    },
    { selector, seconds },
  );
}

/** @returns what was seen within `spanMs` up to one moment. */
export function near(sights: readonly Sight[], { atMs }: Sight, spanMs: number): Sight[] {
  return sights.filter((sight) => sight.atMs > atMs - spanMs && sight.atMs <= atMs);
}

/** @returns how much a mouth's brightness changes from one picture to the next: a head that sways changes it slowly. */
export function stir(sights: readonly Sight[]): number {
  const squares = sights.slice(1).flatMap(({ atMs, mouthLuma }, index) => {
    const before = sights[index];
    return before !== undefined && atMs - before.atMs < 150 ? [(mouthLuma - before.mouthLuma) ** 2] : [];
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}
