/**
 * A thousand signaling sockets that are open and say nothing more, beside one call on a running server. Goals: the call starts and
 * has no gap of more than 200 ms; the sockets cost little and leave nothing behind; whoever goes beyond a limit hears which one.
 *
 *   npm run build && node dist/bench/idle-sockets.js [--sockets 1000] [--seconds 60]
 *
 * Ends with 1 when a goal is missed.
 */
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { CLOSE } from '../protocol/signaling-limits.ts';
import { DEFAULT_SIGNALING_LIMITS } from '../signaling/options.ts';
import { Bystanders, LONGEST_GAP_MS } from './support/bystanders.ts';
import { InspectedServer } from './support/inspected-server.ts';
import { Verdict } from './support/verdict.ts';
import { SignalingLine } from './support/visitor/visitor.ts';

const { values } = parseArgs({
  options: { sockets: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '60' } },
});
const count = Number(values.sockets);
const PER_ADDRESS = DEFAULT_SIGNALING_LIMITS.socketsPerAddress;
const pause = (ms: number): Promise<void> => new Promise((later) => setTimeout(later, ms));

await using server = await InspectedServer.start();
const { signalingUrl } = server;
const verdict = new Verdict();
// Whatever a first call fills stays filled.
const first = await Bystanders.join(server, 'astronaut');
await pause(3000);
await first.leave();
await pause(5000);
const before = await server.holdings();

const lines: SignalingLine[] = [];
for (let index = 0; index < count; index += 50) {
  const opening = Array.from({ length: Math.min(50, count - index) }, async (_, at) => {
    const line = await SignalingLine.open(signalingUrl, `10.1.0.${Math.floor((index + at) / PER_ADDRESS)}`);
    line.say({ type: 'hello', version: 1 });
    await line.hear('welcome');
    return line;
  });
  lines.push(...(await Promise.all(opening)));
}
const during = await server.holdings();
verdict.require(`${count} sockets are greeted`, lines.length === count && lines.every(({ isOpen }) => isOpen));
verdict.atMost(
  'memory for each, kB',
  Math.round(((during.heapMb + during.externalMb - before.heapMb - before.externalMb) * 1000) / count),
  50,
);

const joinMs = performance.now();
const call = await Bystanders.join(server, 'astronaut');
console.log(`Two people see and hear each other after ${Math.round(performance.now() - joinMs)} ms`);
await pause(5000);
call.start();
await pause(Number(values.seconds) * 1000);
const result = call.report();
console.table([result]);
verdict.atMost(`pictures more than ${LONGEST_GAP_MS} ms after the one before`, result.pictureGaps, 0);
verdict.atMost('sound packets missing or late', result.soundHoles, 0);
verdict.require(
  'every idle socket is still open',
  lines.every(({ isOpen }) => isOpen),
);

const full = await refusedUpgrade('10.1.0.0');
console.log(`One more socket of an address that has ${PER_ADDRESS}: ${full}`);
verdict.require('it is told that its address has too many', /^429 .*Too many connections/.test(full));
const silent = await closeOf(new WebSocket(signalingUrl, { headers: { 'x-forwarded-for': '10.2.0.1' } }));
console.log(`A socket that never says hello: ${silent}`);
verdict.require('it is closed, and told why', silent.startsWith(`${CLOSE.silent} `));

await call.leave();
for (const { socket } of lines) socket.close();
await pause(20_000);
verdict.flat(before, await server.holdings());
verdict.end();

/** @returns status and body of an upgrade that is refused. */
function refusedUpgrade(address: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(signalingUrl, { headers: { 'x-forwarded-for': address } });
    socket.on('error', () => undefined);
    socket.on('open', () => {
      resolve('accepted');
    });
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (bytes: Buffer) => (body += bytes.toString()));
      response.on('end', () => {
        resolve(`${response.statusCode} ${body}`);
      });
    });
  });
}

/** @returns code and reason with which the server closes it. */
function closeOf(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    socket.on('message', (bytes: Buffer) => (said = bytes.toString()));
    socket.on('close', (code, reason) => {
      resolve(`${code} ${reason.toString()} ${said}`);
    });
  });
}
