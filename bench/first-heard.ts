/**
 * What the listener waits for: from Enter in the writer's page to the first sound in the listener's, from Escape to the
 * last, and how far captions are from what they caption. Two pages in Chromium, one server, all on this machine.
 *
 *   npm run build && node dist/bench/first-heard.js [--phrases 12]
 */
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { startServed } from './support/served.ts';

const { values } = parseArgs({ options: { phrases: { type: 'string', default: '12' } } });
const PHRASES = [
  'Yes, please.',
  'Thank you very much.',
  'I would like some water, please.',
  'Hello, how are you today? I am glad to see you.',
];
const LONG = 'This is a longer story, which goes on and on until somebody says that it is enough, and then it stops.';
const REMOTE = '[data-testid="remote-video"]';
/** Louder than this is a voice: the fans of no machine come through Opus at -46 dBFS. */
const LOUD = 0.005;
const WAIT_MS = 5000;

/** Keeps when captions are told, and in how long their sound leaves the server. */
const KEEP_CAPTIONS = `
  window.told = [];
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (...wish) {
    const channel = create.apply(this, wish);
    channel.addEventListener('message', ({ data }) => {
      const { type, startsInMs } = typeof data === 'string' ? JSON.parse(data) : {};
      if (type === 'caption') window.told.push([performance.timeOrigin + performance.now(), startsInMs]);
    });
    return channel;
  };`;

/** Follows the loudness of what the listener hears, 10 ms at a time, by the clock that both pages share. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const track = document.querySelector('${REMOTE}').srcObject.getAudioTracks()[0];
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    window.heard = [];
    (async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        const samples = new Float32Array(value.numberOfFrames);
        value.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
        value.close();
        let peak = 0;
        for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
        window.heard.push([performance.timeOrigin + performance.now(), peak]);
        if (window.heard.length > 20000) window.heard.splice(0, 10000);
      }
    })();
    window.words = [];
    const seen = new MutationObserver(() => {
      const word = document.querySelector('[data-testid="caption-word"]')?.textContent;
      if (word && word !== window.words.at(-1)?.[1]) window.words.push([performance.timeOrigin + performance.now(), word]);
    });
    seen.observe(document.getElementById('captions'), { subtree: true, childList: true, characterData: true });
  })()`);
}

/** Presses a key in the writer's page. @returns when, by the clock that both share. */
async function press(page: Page, key: 'Enter' | 'Escape'): Promise<number> {
  await page.evaluate(`addEventListener('keydown', () => {
    window.pressedMs = performance.timeOrigin + performance.now();
  }, { capture: true, once: true })`);
  await page.keyboard.press(key);
  return page.evaluate<number>('window.pressedMs');
}

const firstLoud = (page: Page, fromMs: number): Promise<number> =>
  page
    .waitForFunction(`window.heard.find(([ms, peak]) => ms > ${fromMs} && peak > ${LOUD})?.[0]`, undefined, {
      timeout: WAIT_MS,
    })
    .then((handle) => handle.jsonValue() as Promise<number>);

async function silence(page: Page): Promise<void> {
  await page.waitForFunction(
    `window.heard.slice(-60).every(([, peak]) => peak <= ${LOUD}) && window.heard.length > 60`,
    undefined,
    { timeout: 30_000 },
  );
}

function row(name: string, all: readonly number[], goal: string): void {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.round(part * (sorted.length - 1))] ?? NaN).toFixed(0);
  console.log(`| ${name} | ${all.length} | ${at(0)} | ${at(0.5)} | ${at(0.95)} | ${at(1)} | ${goal} |`);
}

const served = await startServed();
const open = async (name: string): Promise<Page> => {
  const page = await served.browser.newPage({ bypassCSP: true });
  await page.addInitScript(KEEP_CAPTIONS);
  await page.goto(`${served.url}/?room=bench&autojoin=1&microphone=off&lang=en&name=${name}`);
  return page;
};
try {
  const ada = await open('Ada');
  const grace = await open('Grace');
  await grace.waitForSelector(`.tile.playing ${REMOTE}`, { timeout: 60_000 });
  await ada.click('button[data-panel="aid"]');
  await ada.waitForFunction(`document.querySelector('[data-aid="state"]').dataset.state === 'ready'`);
  await listen(grace);
  const heardMs: number[] = [];
  const [voiceMs, leavesMs, bufferMs]: number[][] = [[], [], []];
  const captionMs: number[] = [];
  const stopMs: number[] = [];
  for (let phrase = 0; phrase < Number(values.phrases); phrase++) {
    await silence(grace);
    await ada.locator('[data-aid="text"]').fill(PHRASES[phrase % PHRASES.length] ?? '');
    await ada.locator('[data-aid="text"]').focus();
    // Nobody writes a sentence in no time: the voice gets ready meanwhile.
    await ada.waitForTimeout(800);
    const enterMs = await press(ada, 'Enter');
    const soundMs = await firstLoud(grace, enterMs);
    heardMs.push(soundMs - enterMs);
    const [toldMs, startsInMs] = await grace.evaluate<[number, number]>(`window.told.find(([ms]) => ms > ${enterMs})`);
    voiceMs?.push(toldMs - enterMs);
    leavesMs?.push(startsInMs);
    bufferMs?.push(soundMs - toldMs - startsInMs);
    await grace.waitForTimeout(300);
    const word = await grace.evaluate<number | null>(`window.words.find(([ms]) => ms > ${enterMs})?.[0] ?? null`);
    if (word !== null) captionMs.push(word - soundMs);
  }
  for (let phrase = 0; phrase < Number(values.phrases) / 2; phrase++) {
    await silence(grace);
    await ada.locator('[data-aid="text"]').fill(LONG);
    await ada.locator('[data-aid="text"]').focus();
    const enterMs = await press(ada, 'Enter');
    await firstLoud(grace, enterMs);
    await grace.waitForTimeout(700);
    const escapeMs = await press(ada, 'Escape');
    await silence(grace);
    const last = await grace.evaluate<number>(`window.heard.findLast(([, peak]) => peak > ${LOUD})[0]`);
    stopMs.push(last - escapeMs);
  }
  console.log('| ms | count | least | median | 95 % | most | goal |\n|---|---|---|---|---|---|---|');
  row('Enter to the first sound at the listener', heardMs, '300');
  row('  the voice, until its first packets', voiceMs ?? [], '');
  row('  the server, until sound and picture leave', leavesMs ?? [], '');
  row("  the listener's browser, until it is played", bufferMs ?? [], '');
  row('first sound to the first captioned word', captionMs, '-200..200');
  row('Escape to the last sound at the listener', stopMs, '200');
} finally {
  await served[Symbol.asyncDispose]();
}
