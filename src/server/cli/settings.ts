import { readConfig, type Config } from '../config.ts';

/** What a command takes from outside its arguments. */
export interface Settings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user interrupts: what is half done is undone. */
  readonly signal: AbortSignal;
}

/** @throws AvatarError `CONFIG_INVALID`. */
export function configOf(settings: Settings): Config {
  return readConfig(settings.environment);
}
