import type { Server } from 'node:http';

import { AvatarError, messageOf } from '../src/base/errors.ts';

const CAUSES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process uses this port',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not use this port',
  ENOTFOUND: 'this name has no address',
};

/**
 * Opens a server's port.
 * @param onError - hears errors of the server after that, which would otherwise end the process.
 * @returns the port, which the system chose where `port` is 0.
 * @throws AvatarError `CONFIG_INVALID` that says in one sentence why the port cannot be opened.
 */
export function listen(server: Server, host: string, port: number, onError: (error: Error) => void): Promise<number> {
  return new Promise((listening, failed) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const why = CAUSES[error.code ?? ''] ?? messageOf(error);
      failed(new AvatarError('CONFIG_INVALID', `Cannot listen on ${host} port ${port}: ${why}`, { cause: error }));
    };
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      server.on('error', onError);
      const address = server.address();
      listening(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
