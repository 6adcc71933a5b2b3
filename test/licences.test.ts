import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(resolve(import.meta.dirname, '..', path), 'utf8');

interface LockedPackage {
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

const PERMISSIVE = new Set([
  '0BSD',
  '(Apache-2.0 AND BSD-3-Clause)',
  '(MIT OR CC0-1.0)',
  'Apache-2.0',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** Not permissive, used unmodified, and named in NOTICE with the reason. */
const NAMED_EXCEPTIONS = [/^@img\/sharp/, /^mediabunny$/];

function shippedPackages(): [name: string, license: string][] {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path, { license }]) => [path.replace(/^.*node_modules\//, ''), license ?? 'none']);
}

test('what is shipped has a permissive licence, or is an exception that NOTICE names', () => {
  const refused = shippedPackages().filter(
    ([name, license]) => !PERMISSIVE.has(license) && !NAMED_EXCEPTIONS.some((exception) => exception.test(name)),
  );
  expect(refused).toEqual([]);
});

test('NOTICE lists every package that the product depends on', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  const notice = read('NOTICE');
  expect(Object.keys(dependencies).filter((name) => !notice.includes(`| ${name} |`))).toEqual([]);
});

test('no dependency floats', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const floating = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) =>
    /[\^~*x]/.test(version),
  );
  expect(floating).toEqual([]);
});
