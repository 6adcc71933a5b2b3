// Sets up everything a fresh clone needs, and nothing twice: system packages, npm packages, native parts, build.
// Plain JavaScript without dependencies, because it runs before any are installed.
//   node setup/setup.mjs [--with-browser]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { argv, exit, stderr, versions } from 'node:process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stale, stamp } from './stamp.mjs';
import { missingPackages, installPackages } from './system-packages.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = versions.node.split('.').map(Number);

/** One line that says what is missing, and no stack. */
function giveUp(line) {
  stderr.write(`visavis set-up: ${line}\n`);
  exit(1);
}

function run(what, command, args) {
  stderr.write(`visavis set-up: ${what}\n`);
  const { status, error, stdout, stderr: output } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  if (status === 0) return;
  stderr.write(`${stdout ?? ''}${output ?? ''}`);
  giveUp(`${what} failed (${error?.message ?? `${command} ended with ${status}`}); see the lines above.`);
}

if (major < 20 || (major === 20 && minor < 11))
  giveUp(`Node ${versions.node} is too old; install Node 20.11 or later.`);

const { required, optional } = missingPackages({ withBrowser: argv.includes('--with-browser') });
if (required.length + optional.length > 0) {
  const refusal = installPackages([...required, ...optional]);
  if (refusal !== undefined) {
    const { required: stillRequired, optional: stillOptional } = missingPackages({
      withBrowser: argv.includes('--with-browser'),
    });
    if (stillRequired.length > 0) giveUp(`${refusal} Install them: sudo apt-get install ${stillRequired.join(' ')}`);
    if (stillOptional.length > 0) stderr.write(`visavis set-up: going on without ${stillOptional.join(', ')}\n`);
  }
}

/** Each step runs again only when a file it reads has changed, or what it makes is gone. */
const STEPS = [
  {
    what: 'installing npm packages',
    reads: ['package-lock.json'],
    makes: ['node_modules/.package-lock.json'],
    // No package here needs an install script: the binaries they would fetch come inside the packages.
    command: ['npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']],
  },
  {
    what: 'building the VP8 encoder',
    reads: ['src/native/codec/vp8'],
    makes: ['build/vp8.node'],
    command: ['node', ['src/native/codec/vp8/build.mjs']],
  },
  {
    what: 'building the rasteriser',
    reads: ['src/native/raster/assembly', 'src/native/raster/build.mjs'],
    makes: ['build/raster.wasm'],
    command: ['node', ['src/native/raster/build.mjs']],
  },
  {
    what: 'compiling',
    reads: [
      'src',
      'client',
      'protocol',
      'signaling',
      'bench',
      'tsconfig.json',
      'tsconfig.build.json',
      'package-lock.json',
    ],
    makes: ['dist/src'],
    command: ['node', ['setup/compile.mjs']],
  },
  {
    what: 'enrolling the portraits of the program',
    reads: ['models/portraits', 'src/native/worker/enrol-portrait.ts', 'src/server/prepare-portraits.ts'],
    makes: ['build/portraits'],
    command: ['node', ['dist/src/server/prepare-portraits.js']],
  },
  {
    what: 'building the page',
    reads: ['web', 'client', 'protocol', 'package-lock.json'],
    makes: ['dist/web/index.html'],
    command: ['node', ['web/build.mjs']],
  },
  {
    what: 'building the browser extension',
    reads: ['extension', 'package-lock.json'],
    makes: ['dist/extension/manifest.json'],
    command: ['node', ['extension/build.mjs']],
  },
];

for (const step of STEPS) {
  const reads = step.reads.map((path) => resolve(ROOT, path));
  const made = step.makes.every((path) => existsSync(resolve(ROOT, path)));
  const stampFile = resolve(ROOT, 'build/stamps', `${step.what.replaceAll(' ', '-')}.sha256`);
  if (made && !stale(stampFile, reads)) continue;
  run(step.what, ...step.command);
  stamp(stampFile, reads);
}
