import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

/**
 * How long a visitor waits for the first picture, in real Chromium on loopback:
 *
 *     npm run build && node dist/bench/first-picture.js [runs]
 *
 * Each run is a new browser profile that opens `/?room=…&autojoin=1` with the microphone granted. The page marks when it
 * sends its offer and when the first 512x512 picture is shown.
 */
const runs = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'visavis-bench-'));
const server = spawn(process.execPath, ['dist/src/server/main.js'], {
  env: { ...process.env, PORT: '0', VISAVIS_DATA_DIR: folder, VISAVIS_LOG_LEVEL: 'silent' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    server.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const address = /^Visavis: (\S+)$/m.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    });
    server.once('exit', (code) => {
      reject(new Error(`The server ended with ${code}`));
    });
  });
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((later) => setTimeout(later, 200));
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-background-networking',
    ],
  });
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
  }
  await browser.close();
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
    const sorted = values.toSorted((a, b) => a - b);
    const quantile = (share: number): string => (sorted[Math.floor(share * (runs - 1))] ?? Number.NaN).toFixed(0);
    console.log(what.padEnd(40), quantile(0.5).padStart(8), quantile(0.95).padStart(7));
  }
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
