import { join } from 'node:path';
import { readConfig, type Config } from '../config.ts';
import { packageFolder } from './package-folder.ts';

/** What a command takes from outside its arguments. */
export interface Settings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user interrupts: what is half done is undone. */
  readonly signal: AbortSignal;
}

/** @throws AvatarError `CONFIG_INVALID`. */
export function configOf(settings: Settings): Config {
  const { environment } = settings;
  // The bundle that comes with the program is found from any folder.
  const bundle = environment['VISAVIS_MOTION_BUNDLE'];
  const motionBundle =
    bundle === undefined || bundle === '' ? join(packageFolder(), 'models/visavis-motion-1') : bundle;
  return readConfig({ ...environment, VISAVIS_MOTION_BUNDLE: motionBundle });
}
