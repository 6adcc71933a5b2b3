import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @returns where a person's keys and portraits are kept on this platform, whatever folder a command runs in: the XDG base
 * directory on Linux, Application Support on macOS, local application data on Windows.
 */
export function defaultDataFolder(environment: Environment, platform: NodeJS.Platform = process.platform): string {
  const home = homedir();
  const chosen = (name: string): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  if (platform === 'darwin') return join(home, 'Library/Application Support/visavis');
  if (platform === 'win32') return join(chosen('LOCALAPPDATA') ?? join(home, 'AppData/Local'), 'visavis');
  return join(chosen('XDG_DATA_HOME') ?? join(home, '.local/share'), 'visavis');
}
