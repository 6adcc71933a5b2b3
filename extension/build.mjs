// Bundles the extension into dist/extension, which Chromium takes as an unpacked extension.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const SOURCE = import.meta.dirname;
const OUT = resolve(SOURCE, '../dist/extension');

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
await build({
  absWorkingDir: SOURCE,
  entryPoints: ['bridge.ts', 'options.ts', 'page.ts', 'worker.ts'],
  outdir: OUT,
  bundle: true,
  // Content scripts cannot be modules, and their names must not become globals of the page.
  format: 'iife',
  target: 'chrome111',
  logLevel: 'warning',
});
for (const file of ['manifest.json', 'options.html', 'options.css']) cpSync(resolve(SOURCE, file), resolve(OUT, file));
