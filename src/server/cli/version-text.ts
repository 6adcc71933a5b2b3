import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AVATAR_FILE_VERSION } from '../../media/portrait/avatar-file.ts';
import { messageOf } from '../../base/errors.ts';
import { packageVersion } from '../package-version.ts';
import { configOf, type Settings } from './settings.ts';

/** @returns what a report of a fault should name: the program, the motion bundle that it uses, and what avatars it reads. */
export function versionText(settings: Settings): string {
  return [
    `visavis ${packageVersion()}`,
    `motion bundle ${bundleName(settings)}`,
    `avatar format ${AVATAR_FILE_VERSION}`,
    `Node ${process.versions.node}`,
  ].join('\n');
}

/** A bundle or a setting that cannot be used must not keep anybody from asking for the version. */
function bundleName(settings: Settings): string {
  try {
    const path = join(configOf(settings).motionBundle, 'manifest.json');
    const { name, format } = JSON.parse(readFileSync(path, 'utf8')) as { name: string; format: string };
    return `${name} (${format})`;
  } catch (thrown) {
    return `cannot be read: ${messageOf(thrown)}`;
  }
}
