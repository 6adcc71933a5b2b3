import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, getuid, stderr } from 'node:process';

/** What the product takes from the system: how to see that it is there, and the Debian package that brings it. */
const NEEDS = [
  { package: 'gcc', found: () => onPath('cc'), for: 'run' },
  { package: 'libc6-dev', found: () => existsSync('/usr/include/stdio.h'), for: 'run' },
  { package: 'libvpx-dev', found: () => existsSync('/usr/include/vpx/vpx_encoder.h'), for: 'run' },
  // Formats other than WAV for the command line, and typed speech: the live call works without both.
  { package: 'ffmpeg', found: () => onPath('ffmpeg'), for: 'comfort' },
  { package: 'espeak-ng', found: () => onPath('espeak-ng'), for: 'comfort' },
  { package: 'ca-certificates', found: () => existsSync('/etc/ssl/certs'), for: 'comfort' },
  { package: 'chromium', found: () => onPath('chromium'), for: 'browser' },
  {
    package: 'python3-websockets',
    found: () => existsSync('/usr/lib/python3/dist-packages/websockets'),
    for: 'browser',
  },
  // An independent WebRTC stack, which plays a session in a test.
  {
    package: 'python3-aiortc',
    found: () => existsSync('/usr/lib/python3/dist-packages/aiortc'),
    for: 'browser',
  },
  { package: 'coturn', found: () => onPath('turnserver'), for: 'browser' },
];

function onPath(command) {
  return (env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
}

/** @returns the Debian packages that are not there, by whether the product can do without them. */
export function missingPackages({ withBrowser }) {
  const missing = NEEDS.filter((need) => (need.for !== 'browser' || withBrowser) && !need.found());
  return {
    required: missing.filter((need) => need.for === 'run').map((need) => need.package),
    optional: missing.filter((need) => need.for !== 'run').map((need) => need.package),
  };
}

/** Installs Debian packages where that is allowed. @returns why it was not done, or undefined. */
export function installPackages(packages) {
  if (!onPath('apt-get')) return 'This system has no apt-get.';
  const asRoot = getuid?.() === 0 ? [] : ['sudo', '--non-interactive'];
  if (asRoot.length > 0 && spawnSync('sudo', ['--non-interactive', 'true']).status !== 0) {
    return 'System packages are missing and may not be installed by this user.';
  }
  stderr.write(`visavis set-up: installing system packages: ${packages.join(' ')}\n`);
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, 'apt-get', '--quiet', '--yes', ...args];
    return spawnSync(command, rest, { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8' });
  };
  apt('update');
  const { status, stderr: output } = apt('install', '--no-install-recommends', ...packages);
  return status === 0 ? undefined : `apt-get could not install them: ${lastLine(output)}`;
}

function lastLine(text) {
  return (text ?? '').trim().split('\n').at(-1) ?? '';
}
