// Bundles the page into dist/web: names carry a digest of what is inside, so browsers may keep them for ever.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { build } from 'esbuild';

const WEB = import.meta.dirname;
const OUT = resolve(WEB, '../dist/web');

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const { metafile } = await build({
  absWorkingDir: WEB,
  entryPoints: { page: 'main.ts', style: 'styles/page.css', view: 'view.ts', 'view-style': 'styles/view.css' },
  outdir: OUT,
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  splitting: true,
  bundle: true,
  format: 'esm',
  charset: 'utf8',
  target: ['chrome110', 'firefox115', 'safari16'],
  minify: true,
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
});
const made = Object.keys(metafile.outputs).map((path) => basename(path));
// Word lists are fetched by whoever writes in their language, and by nobody else.
const onDemand = Object.entries(metafile.outputs)
  .filter(([, { entryPoint }]) => entryPoint?.startsWith('aid/words/'))
  .map(([path]) => basename(path));
const named = (pattern) => made.find((name) => pattern.test(name));
// Parts are fetched while the first of them is read, and not one after the other.
const preload = (template) =>
  template.replace(/^.*\{\{parts\}\}.*\n/m, (line) =>
    made
      .filter((name) => /^part-.*\.js$/.test(name) && !onDemand.includes(name))
      .map((name) => line.replace('{{parts}}', name))
      .join(''),
  );
const html = preload(readFileSync(resolve(WEB, 'index.html'), 'utf8'))
  .replace('{{script}}', named(/^page-.*\.js$/))
  .replace('{{style}}', named(/^style-.*\.css$/));
writeFileSync(resolve(OUT, 'index.html'), html);
const view = readFileSync(resolve(WEB, 'view.html'), 'utf8')
  .replace('{{script}}', named(/^view-(?!style).*\.js$/))
  .replace('{{style}}', named(/^view-style-.*\.css$/));
writeFileSync(resolve(OUT, 'view.html'), view);
// Other sites load this script by a fixed name.
await build({
  absWorkingDir: WEB,
  entryPoints: { 'visavis-avatar': 'avatar-element.ts' },
  outdir: OUT,
  bundle: true,
  format: 'esm',
  target: ['chrome110', 'firefox115', 'safari16'],
  minify: true,
  logLevel: 'warning',
});
cpSync(resolve(WEB, 'static'), OUT, { recursive: true });
