import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..', '..');

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  /** All that it wrote, for a failure's message. */
  output(): string;
}

/**
 * Starts the built program as `npm start` does, on a free port with a folder of its own, and waits until it is ready.
 * @param entry - `dist/src/server/main.js` or another process of the program.
 */
export async function startServer(
  environment: Record<string, string> = {},
  entry = 'dist/src/server/main.js',
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-'));
  const child = spawn(process.execPath, ['--enable-source-maps', entry], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', VISAVIS_DATA_DIR: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const url = await new Promise<string>((resolve, reject) => {
    const read = (bytes: Buffer): void => {
      text += bytes.toString();
      const address = /^Visavis: (\S+)$/m.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then((code) => {
      reject(new Error(`The server ended with ${code}: ${text}`));
    });
  });
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((later) => setTimeout(later, 100));
  return {
    url,
    process: child,
    exited,
    output: () => text,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
