import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @returns whether the files under `paths` differ from when `stampFile` was written. */
export function stale(stampFile, paths) {
  return !existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== digest(paths);
}

/** Remembers what the files under `paths` hold now. */
export function stamp(stampFile, paths) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, digest(paths));
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesBelow)) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
