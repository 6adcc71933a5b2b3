import type { Express } from 'express';

import { messageOf } from '../base/errors.ts';
import { Scope } from '../base/lifecycle.ts';
import { silentLogger, type Logger } from '../base/logger.ts';
import { readConfig } from './config.ts';
import { PrometheusMeter } from './metrics.ts';
import { checkBeforeStart } from './preflight.ts';
import { openProgram } from './program.ts';

export interface EmbeddedServerOptions {
  /** Settings by the names of `.env.example`, such as `PORT`; the environment of the process is not read. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * An Express application on the same port. Its routes are asked first, and it must leave what it does not know to the next
   * handler: the page is at `/`, and the rest under `/api/v1`, `/signaling`, `/whip`, `/whep` and `/view`.
   */
  readonly app?: Express;
  /** Hears what the server logs; nothing is logged without one. */
  readonly log?: Logger;
}

/** A server inside another program. */
export interface EmbeddedServer extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Visitors who are in a call. */
  readonly sessionCount: number;
  /** Resolves once calls can be taken. */
  whenReady(): Promise<void>;
  /** Ends all calls and closes the port. */
  close(): Promise<void>;
}

/**
 * Opens a whole server in this process: page, signaling, avatars.
 * @throws AvatarError `CONFIG_INVALID` for a setting that is wrong or a port that is taken.
 */
export async function openServer(options: EmbeddedServerOptions = {}): Promise<EmbeddedServer> {
  const { environment = {}, app, log = silentLogger } = options;
  const config = readConfig({ ...environment });
  await checkBeforeStart(config);
  const scope = new Scope();
  try {
    const host = await openProgram({ config, log, meter: new PrometheusMeter(), scope, app });
    const close = async (): Promise<void> => {
      await scope.close('The server is stopping');
    };
    return {
      url: host.url,
      get sessionCount() {
        return host.sessionCount;
      },
      whenReady: () => host.whenReady(),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (thrown) {
    await scope.close(`could not start: ${messageOf(thrown)}`).catch(() => undefined);
    throw thrown;
  }
}
