import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { access, constants, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, freemem } from 'node:os';
import { turnServer } from '../../../signaling/turn-credentials.ts';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { mediaTimeUs } from '../../base/timeline.ts';
import { OPUS_FRAME_SAMPLES, OpusEncoder } from '../../native/codec/opus-encoder.ts';
import { Vp8Encoder } from '../../native/codec/vp8/vp8-encoder.ts';
import { readFaceAssets } from '../../native/model/face-assets.ts';
import { OnnxMotionEngine } from '../../native/model/motion-engine.ts';
import type { Config } from '../config.ts';
import { verifyBundle } from './models.ts';
import { configOf, type Settings } from './settings.ts';
import { turnProblem } from './turn-check.ts';

export interface DoctorFlags {
  readonly json?: boolean;
}

export type Health = 'ok' | 'warning' | 'failure';

export interface Finding {
  readonly what: string;
  readonly health: Health;
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** Checks this machine. @throws AvatarError `CONFIG_INVALID` when something would keep a call or a film from working. */
export async function doctor(flags: DoctorFlags, settings: Settings): Promise<void> {
  const findings: Finding[] = [];
  for await (const finding of examine(settings)) {
    findings.push(finding);
    if (flags.json !== true) process.stdout.write(`${lineOf(finding)}\n`);
  }
  if (flags.json === true) process.stdout.write(`${JSON.stringify(findings)}\n`);
  const failures = findings.filter(({ health }) => health === 'failure').map(({ what }) => what);
  if (failures.length > 0) {
    throw new AvatarError(
      'CONFIG_INVALID',
      `Not everything works: ${failures.join(', ')}. The lines above say what to do.`,
    );
  }
}

async function* examine(settings: Settings): AsyncGenerator<Finding, void> {
  yield nodeVersion();
  yield cores();
  yield await attempt('VP8 encoder', 'Run `npm run build` (it needs gcc and libvpx-dev).', encodesVp8);
  yield await attempt('Opus encoder', 'Install the packages again: npm ci --ignore-scripts.', encodesOpus);
  yield await attempt('face networks', 'Install the packages again: npm ci --ignore-scripts.', hasFaceNetworks);
  yield tool('ffmpeg', 'without it only WAV can be read');
  yield tool('espeak-ng', 'without it typed text cannot be spoken');
  let config: Config;
  try {
    config = configOf(settings);
  } catch (thrown) {
    yield { what: 'settings', health: 'failure', found: messageOf(thrown), fix: 'See .env.example.' };
    return;
  }
  yield await attempt('motion model', 'Restore models/ (git checkout models).', () => runsMotion(config.motionBundle));
  yield await attempt('data folder', 'Set VISAVIS_DATA_DIR to a folder that this user may write.', () =>
    writes(config.dataDir),
  );
  yield await httpPort(config);
  yield await attempt('UDP', 'Allow this user to open UDP ports, or set VISAVIS_UDP_PORTS.', () => udpPorts(config));
  yield* turn(config);
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 11);
  const found = `Node ${process.versions.node}`;
  return enough
    ? { what: 'Node', health: 'ok', found }
    : { what: 'Node', health: 'failure', found, fix: 'Install Node 20.11 or later.' };
}

function cores(): Finding {
  const count = availableParallelism();
  const found = `${count}, ${(freemem() / 2 ** 30).toFixed(1)} GiB of memory free`;
  return count >= 2
    ? { what: 'cores', health: 'ok', found }
    : { what: 'cores', health: 'warning', found, fix: 'One core serves one call at most; give it two.' };
}

function tool(name: string, without: string): Finding {
  const { status, stdout } = spawnSync(name, [name === 'ffmpeg' ? '-version' : '--version'], { encoding: 'utf8' });
  if (status === 0) return { what: name, health: 'ok', found: stdout.split('\n')[0]?.slice(0, 70) ?? '' };
  return { what: name, health: 'warning', found: `not installed: ${without}`, fix: `apt-get install ${name}` };
}

async function encodesVp8(): Promise<string> {
  const encoder = Vp8Encoder.open({ widthPx: 64, heightPx: 64, bitrateBps: 100_000, framesPerSecond: 25 });
  try {
    const frame = encoder.encode(new Uint8Array(64 * 64 * 1.5).fill(128), mediaTimeUs(0), true);
    return `libvpx, a keyframe of ${frame?.data.length ?? 0} bytes`;
  } finally {
    encoder.close();
  }
}

async function encodesOpus(): Promise<string> {
  const encoder = await OpusEncoder.open();
  try {
    return `libopus, a packet of ${encoder.encode(new Float32Array(OPUS_FRAME_SAMPLES)).length} bytes`;
  } finally {
    encoder.close();
  }
}

async function hasFaceNetworks(): Promise<string> {
  await readFaceAssets();
  return 'detector, landmarks, matte';
}

async function runsMotion(folder: string): Promise<string> {
  const { name, bytes } = await verifyBundle(folder);
  const engine = await OnnxMotionEngine.open({ folder, precision: 'int8' });
  await engine.close();
  return `${name}, ${(bytes / 1e6).toFixed(1)} MB, every digest right`;
}

async function writes(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  return folder;
}

async function httpPort({ host, port }: Config): Promise<Finding> {
  const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () =>
      server.close(() => {
        resolve(undefined);
      }),
    );
  });
  const what = 'HTTP port';
  if (problem === undefined) return { what, health: 'ok', found: `${host}:${port} is free` };
  if (problem.code === 'EADDRINUSE') {
    const fix = 'Fine if that is visavis; otherwise stop it, or set PORT.';
    return { what, health: 'warning', found: `${host}:${port} is in use`, fix };
  }
  return { what, health: 'failure', found: `${host}:${port}: ${problem.message}`, fix: 'Set HOST and PORT.' };
}

async function udpPorts({ rtc }: Config): Promise<string> {
  const port = rtc.portRange?.[0] ?? 0;
  await new Promise<void>((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(port, () => {
      socket.close(resolve);
    });
  });
  return rtc.portRange === undefined ? 'any port' : `ports ${rtc.portRange.join('-')}`;
}

async function* turn({ signaling, rtc, host }: Config): AsyncGenerator<Finding, void> {
  const options = signaling?.turn;
  if (options === undefined) {
    const reachable = rtc.publicAddress !== undefined || host.startsWith('127.') || host === 'localhost';
    const found = 'no TURN server is set';
    yield reachable
      ? { what: 'TURN', health: 'ok', found: `${found}; none is needed on this machine or with a public address` }
      : { what: 'TURN', health: 'warning', found, fix: 'Callers behind strict firewalls need one: VISAVIS_TURN_URLS.' };
    return;
  }
  const credentials = turnServer(options, 'doctor', Date.now() / 1000);
  for (const url of options.urls) {
    const problem = await turnProblem(url, credentials);
    yield problem === undefined
      ? { what: 'TURN', health: 'ok', found: `${url} gave us a relay` }
      : {
          what: 'TURN',
          health: 'failure',
          found: `${url}: ${problem}`,
          fix: 'Check VISAVIS_TURN_URLS and its firewall.',
        };
  }
}

async function attempt(what: string, fix: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { what, health: 'ok', found: await check() };
  } catch (thrown) {
    return { what, health: 'failure', found: messageOf(thrown), fix };
  }
}

const MARKS: Readonly<Record<Health, string>> = { ok: 'ok', warning: 'warn', failure: 'FAIL' };

function lineOf({ what, health, found, fix }: Finding): string {
  return `${MARKS[health].padEnd(5)} ${what.padEnd(14)} ${found}${fix === undefined ? '' : `  -> ${fix}`}`;
}
