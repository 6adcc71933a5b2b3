/**
 * A call as it is at its end: one page speaks, the other watches, a real server between them, all on this machine.
 *
 *   npm run build && node dist/bench/call.js [--minutes 10] [--rate 25|30|40] [--mirror] [--loss 0] [--jitter 0] [--visitors 0]
 *
 * In the mirror the speaker alone is there, and watches the own avatar: the one session that a machine has to serve.
 * Loss (per cent) and jitter (ms) are those of the watcher's path, both ways. With visitors, that many pages come and go
 * after the call, and the server's memory is noted. It needs espeak-ng for somebody's speech.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { RoughLink } from './support/rough-link.ts';
import { startServed } from './support/served.ts';
import { observe, quantile, readSightings, type Sightings } from './support/sightings.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '25' },
    loss: { type: 'string', default: '0' },
    jitter: { type: 'string', default: '0' },
    visitors: { type: 'string', default: '0' },
    mirror: { type: 'boolean', default: false },
  },
});
const REMOTE = '[data-testid="remote-video"]';
const SELF = '[data-testid="self-video"]';
const SELF_PLAYS = '#self.playing';
const REMOTE_PLAYS = '#others .tile.playing';
const TEXT = 'My mother may buy apples, bananas and a lot of other beautiful things above the market today. ';
const weather = { loss: Number(values.loss) / 100, jitterMs: Number(values.jitter) };
const isRough = weather.loss > 0 || weather.jitterMs > 0;
const folder = mkdtempSync(join(tmpdir(), 'visavis-call-'));
const microphone = join(folder, 'speech.wav');
spawnSync('espeak-ng', ['-w', microphone, TEXT.repeat(3)]);

await using served = await startServed({ microphone });
let links: readonly RoughLink[] = [];
const memory: Record<string, string | number>[] = [];
const rows: Record<string, string | number>[] = [];
try {
  await note('before');
  const speaker = await open('name=Ada', values.mirror && isRough);
  await speaker.waitForSelector(SELF_PLAYS);
  // The controls come after the first picture.
  await speaker.waitForTimeout(2000);
  await speaker.evaluate(`document.querySelector('input[name="frame-rate"][value="${values.rate}"]').click()`);
  const watcher = values.mirror ? speaker : await open('name=Grace&microphone=off', isRough);
  await watcher.waitForSelector(values.mirror ? SELF_PLAYS : REMOTE_PLAYS);
  // Buffers settle, and the browser brings sound and picture together.
  await watcher.waitForTimeout(10_000);
  await observe(watcher, values.mirror ? SELF : REMOTE);
  const before = await metrics();
  const started = performance.now();
  for (let minute = 1; minute <= Number(values.minutes); minute++) {
    await watcher.waitForTimeout(started + minute * 60_000 - performance.now());
    rows.push(summary(`minute ${minute}`, await readSightings(watcher)));
    await note(`minute ${minute}`);
  }
  console.log(
    `One call at ${values.rate} frames/s, ${values.loss} % loss and ${values.jitter} ms jitter, as it is seen`,
  );
  console.table(rows);
  const after = await metrics();
  const grown = (name: string): number => sumOf(after, name) - sumOf(before, name);
  console.log(
    `Server: ${grown('avatar_video_frames_total')} frames of ${values.mirror ? 'one avatar' : 'two avatars'}, late ${grown('avatar_sync_late_frames_total')}, ` +
      `skipped ${grown('avatar_weather_total{what="skippedFrames"')}`,
  );
  if (watcher !== speaker) await watcher.context().close();
  await speaker.context().close();
  for (let visitor = 1; visitor <= Number(values.visitors); visitor++) {
    const page = await open(`name=V&microphone=off`);
    await page.waitForSelector(SELF_PLAYS);
    await page.context().close();
    if (visitor === 10 || visitor % 50 === 0) await note(`visitor ${visitor}`);
  }
  console.table(memory);
} finally {
  for (const link of links) link.close();
  rmSync(folder, { recursive: true, force: true });
}

async function open(query: string, rough = false): Promise<Page> {
  const context = await served.browser.newContext({ permissions: ['microphone'] });
  const page = await context.newPage();
  await page.addInitScript(`{
    window.watched = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(...options) {
        super(...options);
        watched.push(this);
      }
    };
  }`);
  if (rough) links = await RoughLink.lead(page, weather);
  await page.goto(`${served.url}/?room=bench&autojoin=1&${query}`);
  return page;
}

function summary(when: string, { frames, gapsMs, syncMs, freezes, concealedShare, delayMs }: Sightings) {
  const apartMs = syncMs.map(Math.abs);
  return {
    when,
    frames,
    'longest gap ms': Math.round(Math.max(...gapsMs)),
    'gaps over 200 ms': gapsMs.filter((gap) => gap > 200).length,
    freezes,
    'picture after sound ms, median': Math.round(quantile(syncMs, 0.5)),
    'apart ms, median': Math.round(quantile(apartMs, 0.5)),
    'apart ms, p95': Math.round(quantile(apartMs, 0.95)),
    'delay to the screen ms': Math.round(delayMs),
    'concealed sound %': Math.round(concealedShare * 1000) / 10,
  };
}

async function metrics(): Promise<string> {
  return (await fetch(`${served.url}/metrics`)).text();
}

function sumOf(text: string, name: string): number {
  const lines = text.split('\n').filter((line) => [' ', '{', '}'].some((end) => line.startsWith(`${name}${end}`)));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function note(when: string): Promise<void> {
  const text = await metrics();
  memory.push({
    when,
    'server rss MB': Math.round(sumOf(text, 'process_resident_memory_bytes') / 1e6),
    'heap MB': Math.round(sumOf(text, 'nodejs_heap_size_used_bytes') / 1e6),
    'loop p99 ms': Math.round(sumOf(text, 'nodejs_eventloop_lag_p99_seconds') * 1e4) / 10,
    'loop max ms': Math.round(sumOf(text, 'nodejs_eventloop_lag_max_seconds') * 1e4) / 10,
  });
}
