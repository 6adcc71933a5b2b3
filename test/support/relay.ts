import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Relay extends AsyncDisposable {
  readonly port: number;
  readonly secret: string;
  output(): string;
}

/** A real coturn on loopback, with the shared secret that the signaling server signs credentials with. */
export async function startRelay(): Promise<Relay> {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-relay-'));
  const secret = 'what the signaling server shares with the relay';
  const port = await freePort();
  const child = spawn(
    'turnserver',
    [
      '-n',
      '--listening-ip=127.0.0.1',
      '--relay-ip=127.0.0.1',
      `--listening-port=${port}`,
      '--use-auth-secret',
      `--static-auth-secret=${secret}`,
      '--realm=visavis',
      '--fingerprint',
      '--no-cli',
      '--no-tls',
      '--no-dtls',
      '--allow-loopback-peers',
      `--userdb=${join(folder, 'turndb')}`,
      `--pidfile=${join(folder, 'pid')}`,
      '--log-file=stdout',
      '--simple-log',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`coturn ended with ${code}: ${text}`));
    });
  });
  failed.catch(() => undefined);
  const listening = new Promise<void>((resolve) => {
    const read = (bytes: Buffer): void => {
      text += bytes.toString();
      if (text.includes('UDP listener opened on: 127.0.0.1') || text.includes('Relay ports initialization done'))
        resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  await Promise.race([listening, failed]);
  return {
    port,
    secret,
    output: () => text,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => {
    socket.bind(0, '127.0.0.1', bound);
  });
  const { port } = socket.address();
  await new Promise<void>((closed) => {
    socket.close(closed);
  });
  return port;
}
