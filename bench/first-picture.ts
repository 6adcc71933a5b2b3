import { startServed } from './support/served.ts';
import { quantile } from './support/sightings.ts';

/**
 * How long a visitor waits for the first picture, in real Chromium on loopback:
 *
 *     npm run build && node dist/bench/first-picture.js [runs]
 *
 * Each run is a new browser profile that opens `/?room=…&autojoin=1` with the microphone granted. The page marks when it
 * sends its offer and when the first 512x512 picture is shown.
 */
const runs = Number(process.argv[2] ?? 20);
const served = await startServed();
try {
  const { browser, url } = served;
  const waits: Record<string, number>[] = [];
  for (let run = 0; run < runs; run++) {
    const context = await browser.newContext({ permissions: ['microphone'] });
    const page = await context.newPage();
    await page.goto(`${url}/?room=bench-${run}&autojoin=1`);
    await page.waitForSelector('#self.playing', { timeout: 60_000 });
    waits.push(
      await page.evaluate<Record<string, number>>(
        "Object.fromEntries(performance.getEntriesByType('mark').map(({ name, startTime }) => [name, startTime]))",
      ),
    );
    await context.close();
    // Taking a page down costs the browser a processor for a while, which is not the next visitor's wait.
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const at = (marks: Record<string, number>, name: string): number => marks[`visavis:${name}`] ?? Number.NaN;
  const rows = {
    'page load to offer sent': waits.map((marks) => at(marks, 'offer')),
    'offer sent to answer': waits.map((marks) => at(marks, 'answer') - at(marks, 'offer')),
    'answer to connected': waits.map((marks) => at(marks, 'live') - at(marks, 'answer')),
    'offer sent to first picture (goal 200)': waits.map((marks) => at(marks, 'first-picture') - at(marks, 'offer')),
    'page load to first picture (goal 600)': waits.map((marks) => at(marks, 'first-picture')),
  };
  console.log(`${runs} runs, milliseconds`);
  console.log('                                           median     p95');
  for (const [what, values] of Object.entries(rows)) {
    const [median, p95] = [0.5, 0.95].map((share) => quantile(values, share).toFixed(0));
    console.log(what.padEnd(40), median?.padStart(8), p95?.padStart(7));
  }
} finally {
  await served[Symbol.asyncDispose]();
}
