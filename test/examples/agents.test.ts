import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { openTestHost, type TestHost } from '../support/test-host.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Debian's, for which its package `python3-websockets` is. */
const PYTHON = '/usr/bin/python3';
const hasWebsockets = spawnSync(PYTHON, ['-c', 'import websockets']).status === 0;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Agent {
  readonly url: string;
  /** What the program said to it. */
  readonly heard: Record<string, unknown>[];
}

/** A service that says what a recorded exchange says. */
async function openAgent(play: (socket: WebSocket, message: Record<string, unknown>) => void): Promise<Agent> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  closing.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const heard: Record<string, unknown>[] = [];
  server.on('connection', (socket) => {
    socket.on('message', (bytes: Buffer) => {
      const message = JSON.parse(bytes.toString()) as Record<string, unknown>;
      heard.push(message);
      play(socket, message);
    });
  });
  await new Promise((listening) => server.once('listening', listening));
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

function run(command: string, args: readonly string[], environment: Record<string, string>) {
  const child: ChildProcess = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...environment } });
  closing.push(() => child.kill('SIGKILL'));
  let text = '';
  child.stdout?.on('data', (bytes: Buffer) => (text += bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return { output: () => text };
}

async function openHost(): Promise<TestHost> {
  const host = await openTestHost();
  closing.push(() => host[Symbol.asyncDispose]());
  return host;
}

/** @returns a constant, in base64. */
const sound = (ms: number, rateHz: number): string => Buffer.alloc((2 * ms * rateHz) / 1000, 1).toString('base64');
const SOON = { timeout: 15_000 };

it('an OpenAI Realtime agent speaks, is interrupted, and learns how much of it was heard', async () => {
  const host = await openHost();
  let socketOfAgent: WebSocket | undefined;
  const agent = await openAgent((socket, message) => {
    if (message['type'] !== 'response.create') return;
    socketOfAgent = socket;
    const say = (event: object): void => {
      socket.send(JSON.stringify(event));
    };
    say({ type: 'session.created', session: { type: 'realtime', output_modalities: ['audio'] } });
    say({ type: 'response.created', response: { id: 'resp_1' } });
    const of = { response_id: 'resp_1', item_id: 'item_1', output_index: 0, content_index: 0 };
    say({ type: 'response.output_audio_transcript.delta', ...of, delta: 'Hello' });
    for (let n = 0; n < 20; n++) say({ type: 'response.output_audio.delta', ...of, delta: sound(200, 24_000) });
    say({ type: 'response.output_audio.done', ...of });
    say({ type: 'response.done', response: { id: 'resp_1' } });
  });
  const program = run(process.execPath, ['examples/openai-realtime.mjs', 'Say hello.'], {
    VISAVIS_URL: host.url,
    OPENAI_URL: agent.url,
    OPENAI_API_KEY: 'none',
  });
  await expect.poll(program.output, SOON).toContain(`${host.url}/view/s-`);
  const outlet = () => host.peer.outlet(host.peer.joins[0]?.participantId ?? '');
  await expect.poll(() => outlet()?.spokenUs ?? 0, SOON).toBeGreaterThan(300_000);
  expect(agent.heard[0]).toMatchObject({ type: 'response.create', response: { instructions: 'Say hello.' } });
  socketOfAgent?.send(JSON.stringify({ type: 'input_audio_buffer.speech_started', audio_start_ms: 500 }));
  await expect
    .poll(() => agent.heard[1], SOON)
    .toMatchObject({
      type: 'conversation.item.truncate',
      item_id: 'item_1',
      content_index: 0,
    });
  expect(agent.heard[1]?.['audio_end_ms']).toBeGreaterThanOrEqual(300);
  expect(agent.heard[1]?.['audio_end_ms']).toBeLessThan(4000);
  expect(outlet()?.stops).toBe(1);
});

it.skipIf(!hasWebsockets)('an ElevenLabs agent speaks at its own rate, is pinged, and is interrupted', async () => {
  const host = await openHost();
  let socketOfAgent: WebSocket | undefined;
  const agent = await openAgent((socket, message) => {
    if (message['type'] !== 'conversation_initiation_client_data') return;
    socketOfAgent = socket;
    const say = (event: object): void => {
      socket.send(JSON.stringify(event));
    };
    say({
      type: 'conversation_initiation_metadata',
      conversation_initiation_metadata_event: { conversation_id: 'c', agent_output_audio_format: 'pcm_16000' },
    });
    say({ type: 'ping', ping_event: { event_id: 7, ping_ms: 20 } });
    say({ type: 'agent_response', agent_response_event: { agent_response: 'Hello' } });
    for (let n = 1; n <= 10; n++) {
      say({ type: 'audio', audio_event: { event_id: n, audio_base_64: sound(400, 16_000) } });
    }
  });
  const program = run(PYTHON, ['examples/elevenlabs.py'], { VISAVIS_URL: host.url, AGENT_URL: agent.url });
  await expect.poll(program.output, SOON).toContain(`${host.url}/view/s-`);
  const outlet = () => host.peer.outlet(host.peer.joins[0]?.participantId ?? '');
  await expect.poll(() => outlet()?.spokenUs ?? 0, SOON).toBeGreaterThan(300_000);
  expect(agent.heard).toContainEqual({ type: 'pong', event_id: 7 });
  socketOfAgent?.send(JSON.stringify({ type: 'interruption', interruption_event: { event_id: 3 } }));
  await expect.poll(() => outlet()?.stops, SOON).toBe(1);
});

test.each(['openai-realtime.mjs', 'elevenlabs.py'])('the guide shows %s as it is', (name) => {
  const program = readFileSync(resolve(ROOT, 'examples', name), 'utf8');
  expect(readFileSync(resolve(ROOT, 'docs/integrate.md'), 'utf8')).toContain(program);
});
