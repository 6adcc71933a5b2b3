import { startServed } from './support/served.ts';
import { measureCrowd } from './support/sessions/crowd.ts';
import { VISIT, type Visit } from './support/sessions/visit.ts';
import { measureWays } from './support/sessions/ways.ts';
import { quantile } from './support/sightings.ts';

/**
 * What sessions of programs cost, on loopback:
 *
 *     npm run build && node dist/bench/sessions.js [runs]
 *
 * - From `POST /api/v1/sessions` to the first picture of a WHEP viewer, in one page of Chromium and by its clock.
 * - From sending `clear` to silence in that page: the network, its jitter buffer and its decoder are in it.
 * - A voice's way through the server, as PCM and from a microphone.
 * - The server's processor time with one viewer of a session and with twenty.
 */
const runs = Number(process.argv[2] ?? 8);
const VIEWERS = 20;

const row = (what: string, values: readonly number[]): void => {
  const [median = '', p95 = ''] = [0.5, 0.95].map((share) => quantile(values, share).toFixed(0));
  console.log(what.padEnd(56), median.padStart(9), p95.padStart(7));
};

const served = await startServed();
try {
  const { browser, url } = served;
  const context = await browser.newContext();
  const page = await context.newPage();
  const visits: Visit[] = [];
  for (let run = 0; run < runs; run++) {
    await page.goto(`${url}/healthz`);
    visits.push(await page.evaluate<Visit>(VISIT));
  }
  console.log(`${runs} runs, milliseconds                                         median     p95`);
  const valuesOf = (what: keyof Visit): number[] => visits.map((visit) => visit[what]);
  row('POST to its answer', valuesOf('create'));
  row('POST to the first picture of a viewer (goal 400)', valuesOf('picture'));
  row('`clear` to silence at the viewer (goal 200)', valuesOf('silence'));
} finally {
  await served[Symbol.asyncDispose]();
}

// Visitors without a browser are on this machine alone.
const crowded = await startServed({ environment: { VISAVIS_HOST_ADDRESSES: '127.0.0.1' } });
try {
  const { url, pid } = crowded;
  const { microphone, steadyPcm, promptPcm } = await measureWays(url, runs);
  row('sound in to sound out, a microphone', microphone);
  row('  PCM that is sent as it is spoken (goal: 20 more)', steadyPcm);
  row('  PCM that comes as a whole turn (goal: 20 more)', promptPcm);
  const { one, all, picturesPerSecond } = await measureCrowd(url, pid, VIEWERS);
  console.log(`\nprocessor of the server: ${one.toFixed(2)} cores with 1 viewer, ${all.toFixed(2)} with ${VIEWERS}`);
  console.log(
    `${VIEWERS - 1} viewers more cost ${(all - one).toFixed(2)} cores (goal 0.2), at ${picturesPerSecond.toFixed(0)} pictures a second`,
  );
} finally {
  await crowded[Symbol.asyncDispose]();
}
