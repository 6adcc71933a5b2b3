// Compiles the VP8 encoder into build/vp8.node: one C file and Debian's static libvpx, so there is nothing to download
// and nothing to match at run time.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { env, exit, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../../../..');
mkdirSync(resolve(ROOT, 'build'), { recursive: true });

const { status, error } = spawnSync(
  env.CC ?? 'cc',
  [
    ...['-std=c11', '-O3', '-Wall', '-Wextra', '-fPIC', '-shared', '-fvisibility=hidden'],
    ...['-I', resolve(ROOT, 'node_modules/node-api-headers/include')],
    resolve(HERE, 'vp8.c'),
    ...['-o', resolve(ROOT, 'build/vp8.node')],
    // Static: Node may load another libvpx, and a shared one would have to be on every machine that runs this.
    ...['-l:libvpx.a', '-lm', '-lpthread'],
  ],
  { stdio: 'inherit' },
);
if (status !== 0) {
  stderr.write(`Cannot build the VP8 encoder (${error?.message ?? `the compiler ended with ${status}`}). `);
  stderr.write('It needs a C compiler and libvpx: sudo apt-get install gcc libc6-dev libvpx-dev\n');
  exit(1);
}
