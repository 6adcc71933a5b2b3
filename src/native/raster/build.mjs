// Compiles the SIMD rasteriser into build/raster.wasm.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exit } from 'node:process';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../../..');
mkdirSync(resolve(ROOT, 'build'), { recursive: true });

const { status } = spawnSync(
  'node',
  [
    resolve(ROOT, 'node_modules/assemblyscript/bin/asc.js'),
    resolve(HERE, 'assembly/raster.ts'),
    ...['--outFile', resolve(ROOT, 'build/raster.wasm')],
    // The caller lays the memory out, so there is no allocator and no collector inside.
    ...['--runtime', 'stub', '--noAssert', '--enable', 'simd'],
    ...['-O3', '--converge', '--initialMemory', '16', '--maximumMemory', '16384'],
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
if (status !== 0) exit(status ?? 1);
