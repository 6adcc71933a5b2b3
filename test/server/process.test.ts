import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../bench/support/visitor/page.ts';
import { patiently, Visitor } from '../../bench/support/visitor/visitor.ts';

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

/** The address that a program says it listens at. */
async function addressOf(program: Program): Promise<string> {
  await program.said('Visavis: http');
  return /^Visavis: (\S+)$/m.exec(program.output())?.[1] ?? '';
}

/** Waits until a program can take a call. */
async function whenReady(url: string): Promise<void> {
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((later) => setTimeout(later, 100));
}

async function blocksOf(url: string): Promise<string> {
  return (await fetch(`${url}/api/v1/blocks`)).text();
}

function start(environment: Record<string, string> = {}, uid?: number): Program {
  const child = spawn(process.execPath, ['dist/src/server/main.js'], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { ...process.env, PORT: '0', VISAVIS_DATA_DIR: join(folder, 'var'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
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

test('a data folder that may only be read ends the start with a message that says so', async () => {
  mkdirSync(join(folder, 'var'));
  chmodSync(join(folder, 'var'), 0o555);
  chmodSync(folder, 0o755);
  // Root may write everywhere.
  const program = start({}, process.getuid?.() === 0 ? 65_534 : undefined);
  expect((await program.exited)[0]).toBe(1);
  expect(program.output()).toContain(`VISAVIS_DATA_DIR=${join(folder, 'var')}: this user has no right to`);
}, 60_000);

test('two servers on one data folder see the blocks of both, and a killed one starts again with them', async () => {
  const first = start();
  const [url, other] = await Promise.all([addressOf(first), addressOf(start())]);
  await Promise.all([whenReady(url), whenReady(other)]);
  const block = async (at: string, digit: string): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ sha256: digit.repeat(64), reason: 'a test' });
    expect((await fetch(`${at}/api/v1/blocks`, { method: 'POST', headers, body })).ok).toBe(true);
  };
  await Promise.all([block(url, 'a'), block(other, 'b')]);
  for (const each of [url, other]) {
    await expect.poll(() => blocksOf(each), { timeout: 20_000 }).toMatch(/a{64}[^]*b{64}|b{64}[^]*a{64}/);
  }
  // In the middle of a write, as likely as not.
  const last = block(url, 'c').catch(() => undefined);
  first.kill('SIGKILL');
  await Promise.all([last, first.exited]);
  const again = start();
  await whenReady(await addressOf(again));
  expect(await blocksOf(await addressOf(again))).toMatch(/a{64}[^]*b{64}|b{64}[^]*a{64}/);
  // Nothing that it left behind was damaged.
  expect(existsSync(join(folder, 'var', 'quarantine'))).toBe(false);
}, 180_000);

test('a server that stood still for ten seconds goes on, and so does the call on it', async () => {
  const program = start({ VISAVIS_HOST_ADDRESSES: '127.0.0.1' });
  const url = await addressOf(program);
  await whenReady(url);
  const signalingUrl = `${url.replace('http', 'ws')}/signaling`;
  const visitor = await patiently(() => Visitor.join(signalingUrl, { room: 'tea', portrait: 'astronaut' }));
  const { page } = visitor;
  const states: string[] = [];
  page.peer.dtlsTransports[0]?.onStateChange.subscribe((state) => states.push(state));
  let spoken = 0;
  const microphone = setInterval(() => {
    page.speak(Uint8Array.of(0xf8, 0xff, 0xfe), spoken++ * 960);
  }, 20);
  const pictures = (): number => page.videoAtMs.length;
  await until(() => pictures() > 10);
  program.kill('SIGSTOP');
  await new Promise((later) => setTimeout(later, 10_000));
  const before = pictures();
  program.kill('SIGCONT');
  await until(() => pictures() > before + 50, 30_000);
  expect(states).toEqual([]);
  expect(visitor.line.isOpen).toBe(true);
  clearInterval(microphone);
  await visitor.leave();
  program.kill('SIGTERM');
  expect(await program.exited, program.output()).toEqual([0, null]);
}, 120_000);
