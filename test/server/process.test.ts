import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** The built program, as `npm start` runs it; what it does to a folder survives it. */
interface Program {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exited: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
  /** Resolves when the output has the text. */
  readonly said: (text: string) => Promise<void>;
  readonly output: () => string;
}

let folder: string;
const running: Program[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visavis-'));
});

afterEach(async () => {
  for (const program of running.splice(0)) {
    program.kill('SIGKILL');
    await program.exited;
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(environment: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, ['dist/src/server/main.js'], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { ...process.env, PORT: '0', VISAVIS_DATA_DIR: join(folder, 'var'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const program = {
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
    exited,
    said: async (wanted: string) => {
      while (!text.includes(wanted)) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`It ended and said: ${text}`);
        await new Promise((later) => setTimeout(later, 20));
      }
    },
    output: () => text,
  };
  running.push(program);
  return program;
}

// The first start enrols two portraits: the networks of enrolment and of motion are at work at one moment or another.
test.each([0, 500, 1500, 4000])(
  'a server that is told to stop %d ms after it listens ends in order',
  async (ms) => {
    const program = start();
    await program.said('Visavis: ');
    await new Promise((later) => setTimeout(later, ms));
    program.kill('SIGTERM');
    expect(await program.exited, program.output()).toEqual([0, null]);
    expect(program.output()).toContain('process.stopped');
    expect(program.output()).not.toContain('terminate called');
  },
  120_000,
);

test('a second signal ends the server at once, and not by a crash', async () => {
  const program = start();
  await program.said('Visavis: ');
  program.kill('SIGTERM');
  await program.said('process.stopping');
  program.kill('SIGINT');
  const [code, signal] = await program.exited;
  // The first may have been enough.
  expect(code === 0 || signal === 'SIGINT', `${code} ${signal}`).toBe(true);
  expect(program.output()).not.toContain('terminate called');
}, 120_000);

test('a port that is taken ends the start with a message before anything is loaded', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const program = start({ PORT: String(port) });
  expect((await program.exited)[0]).toBe(1);
  expect(program.output()).toContain(`Cannot listen on 127.0.0.1:${port}: another program uses this port`);
  expect(readdirSync(join(folder, 'var'))).toEqual([]);
  other.close();
}, 60_000);

test('a data folder that cannot be written ends the start with a message that names it', async () => {
  writeFileSync(join(folder, 'var'), 'a file, not a folder');
  const program = start();
  expect((await program.exited)[0]).toBe(1);
  expect(program.output()).toContain(`VISAVIS_DATA_DIR=${join(folder, 'var')}: a file of this name is in the way`);
}, 60_000);
