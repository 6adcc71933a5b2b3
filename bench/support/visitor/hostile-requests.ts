import { connect } from 'node:net';

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** Requests that a stranger can send to any HTTP server; each is one whole connection. */
export const HOSTILE_REQUESTS: readonly (readonly [name: string, head: string])[] = [
  ['a target that is no URL', 'GET // HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a target with an impossible port', 'GET //x:99999999 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a target with an unclosed address', 'GET http://[:: HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a broken escape', 'GET /%E0%A4%A HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a tunnel', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a host that is none', 'GET / HTTP/1.1\r\nHost: [\r\n\r\n'],
  ['no host', 'GET / HTTP/1.0\r\n\r\n'],
  ['no HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n'],
  ['a head that goes on', `GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}`],
  ['an upgrade of a path that is no URL', `GET // HTTP/1.1\r\nHost: x\r\n${UPGRADE}${KEY}\r\n`],
  ['an upgrade of another path', `GET /other HTTP/1.1\r\nHost: x\r\n${UPGRADE}${KEY}\r\n`],
  ['an upgrade by a foreign page', `GET /signaling HTTP/1.1\r\nHost: x\r\nOrigin: http://[\r\n${UPGRADE}${KEY}\r\n`],
  ['an upgrade without a key', `GET /signaling HTTP/1.1\r\nHost: x\r\n${UPGRADE}\r\n`],
  [
    'an upgrade to another protocol',
    'GET /signaling HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
  ],
  ['an upgrade that is taken', `GET /signaling HTTP/1.1\r\nHost: x\r\n${UPGRADE}${KEY}\r\n\u0001\u0002\u0003`],
  ['an upgrade with a reserved frame', `GET /signaling HTTP/1.1\r\nHost: x\r\n${UPGRADE}${KEY}\r\n\u00ff\u00ff\u00ff`],
];

/** How a stranger leaves: at once, or when the answer begins. */
export type Departure = 'resets at once' | 'resets at the answer' | 'half closes';

/** Sends `head` and leaves; resolves once this side of the connection is gone. */
export function sendHostile(port: number, head: string, departure: Departure): Promise<void> {
  return new Promise((gone) => {
    const socket = connect(port, '127.0.0.1');
    // What is never answered is given up: the server has its own deadlines.
    const giveUp = setTimeout(() => socket.destroy(), 1000);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(giveUp);
      gone();
    });
    socket.on('connect', () => {
      socket.write(Buffer.from(head, 'latin1'), () => {
        if (departure === 'resets at once') socket.resetAndDestroy();
        if (departure === 'half closes') socket.end();
      });
    });
    socket.on('data', () => {
      if (departure === 'resets at the answer') socket.resetAndDestroy();
    });
  });
}
