import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** What the packed file at `path` imports that is not in the package, and not among its dependencies. */
function missingImports(path: string, packed: ReadonlySet<string>): string[] {
  const source = readFileSync(join(ROOT, path), 'utf8').replaceAll(/^\s*(?:\/\/|\*).*$/gm, '');
  const imports = [...source.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"\s]+)['"]/g)].map((match) => match[1] ?? '');
  return imports.flatMap((specifier) => {
    // A worker that runs from its source loads tsx; in a package there are no sources. Capitals are text that only looks alike.
    if (/^node:|^tsx\/|[A-Z$]/.test(specifier)) return [];
    const library = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1);
    const isThere = specifier.startsWith('.')
      ? packed.has(join(dirname(path), specifier))
      : manifest.dependencies[library.join('/')] !== undefined;
    return isThere ? [] : [`${path} imports ${specifier}`];
  });
}

// `node setup/check-package.mjs` installs the package in a fresh folder, which takes a minute and a registry.
test('the package has all that its exports and its command import, and is under 30 MB', () => {
  const options = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [report] = JSON.parse(execFileSync('npm', options, { cwd: ROOT, encoding: 'utf8' })) as Packed[];
  const packed = new Set(report?.files.map(({ path }) => path));
  expect(report?.size).toBeLessThan(30_000_000);
  const targets = Object.values(manifest.exports).flatMap((each) =>
    typeof each === 'string' ? each : Object.values(each),
  );
  for (const target of [...targets, ...Object.values(manifest.bin)]) expect(packed).toContain(join(target));
  const modules = [...packed].filter((path) => path.startsWith('dist/') && path.endsWith('.js'));
  const ours = modules.filter((path) => !path.startsWith('dist/web/'));
  expect(ours.length).toBeGreaterThan(100);
  expect(ours.flatMap((path) => missingImports(path, packed))).toEqual([]);
});
