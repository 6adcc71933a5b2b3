import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

import { afterEach } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..', '..');
export const PEER_SECRET = 'what avatar peers show in all tests';
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A signaling server that runs as a process of its own. */
export interface SignalingProcess {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
}

/** Starts the signaling server from its source, and waits until it listens; it ends with the test. */
export async function startSignaling(port = 0, environment: Record<string, string> = {}): Promise<SignalingProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'signaling/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, VISAVIS_SIGNALING_PORT: String(port), VISAVIS_PEER_SECRET: PEER_SECRET, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const exited = new Promise<number | null>((ended) => {
    child.once('exit', ended);
  });
  const listening = await new Promise<number>((found, failed) => {
    let text = '';
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const match = /"event":"signaling\.listening","port":(\d+)/.exec(text);
      if (match !== null) found(Number(match[1]));
    });
    void exited.then((code) => {
      failed(new Error(`It ended with ${code}: ${text}`));
    });
  });
  return { url: `ws://127.0.0.1:${listening}/signaling`, port: listening, child, exited };
}
