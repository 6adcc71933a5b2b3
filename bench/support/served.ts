import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** The program as `npm start` runs it, and a real Chromium in front of it. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly browser: Browser;
  /** Of the server's process. */
  readonly pid: number;
}

export interface ServedOptions {
  /** A WAV file that every page's microphone plays round and round; beeps otherwise. */
  readonly microphone?: string;
  /** Of the server, beside what every bench sets. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * @throws Error when the server ends before it is ready.
 */
export async function startServed({ microphone, environment = {} }: ServedOptions = {}): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-bench-'));
  const server = spawn(process.execPath, ['dist/src/server/main.js'], {
    env: { ...process.env, PORT: '0', VISAVIS_DATA_DIR: folder, VISAVIS_LOG_LEVEL: 'silent', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = (): void => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
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
        ...(microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}`]),
        '--autoplay-policy=no-user-gesture-required',
        '--disable-background-networking',
        '--disable-background-timer-throttling',
        '--disable-backgrounding-occluded-windows',
        '--disable-renderer-backgrounding',
      ],
    });
    return {
      url,
      browser,
      pid: server.pid ?? 0,
      [Symbol.asyncDispose]: async () => {
        await browser.close();
        end();
      },
    };
  } catch (thrown) {
    end();
    throw thrown;
  }
}
