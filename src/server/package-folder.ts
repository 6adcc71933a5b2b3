import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from '../base/errors.ts';

/** @returns the folder of `package.json`, whether this runs from `src/` or from `dist/`. */
export function packageFolder(folder: string = import.meta.dirname): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  assert(parent !== folder, 'the command lies in its package');
  return packageFolder(parent);
}
