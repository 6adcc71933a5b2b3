import { readFileSync } from 'node:fs';
import { sessionSchema, type SessionReply } from '../protocol/session.ts';
import { startServed } from './support/served.ts';
import { quantile } from './support/sightings.ts';
import { Page as Visitor } from './support/visitor/page.ts';

/**
 * What sessions of programs cost, with real Chromium on loopback:
 *
 *     npm run build && node dist/bench/sessions.js [runs]
 *
 * - From `POST /api/v1/sessions` to the first picture of a WHEP viewer, in one page and by its clock.
 * - From sending `clear` to silence in that page: the network, its jitter buffer and its decoder are in it.
 * - The server's processor time with one viewer of a session and with twenty.
 */
const runs = Number(process.argv[2] ?? 8);
const VIEWERS = 20;
const MEASURED_S = 10;

/** Runs in the page: opens a session, watches it, speaks a tone, clears it. */
const VISIT = `(async () => {
  const startMs = performance.now();
  const session = await (await fetch('/api/v1/sessions', { method: 'POST' })).json();
  const createdMs = performance.now();
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const stream = new MediaStream();
  const video = document.createElement('video');
  Object.assign(video, { autoplay: true, muted: true, srcObject: stream });
  document.body.append(video);
  connection.ontrack = ({ track }) => stream.addTrack(track);
  for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
  const shown = new Promise((first) => {
    const look = () => (video.videoWidth > 2 ? first(performance.now()) : video.requestVideoFrameCallback(look));
    video.requestVideoFrameCallback(look);
  });
  await connection.setLocalDescription();
  const answer = await fetch(session.whepUrl, {
    method: 'POST', headers: { 'content-type': 'application/sdp' }, body: connection.localDescription.sdp });
  await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  const shownMs = await shown;

  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 256 });
  context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(analyser);
  const samples = new Float32Array(256);
  const isLoud = () => {
    analyser.getFloatTimeDomainData(samples);
    return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length > 1e-5;
  };
  const until = async (condition) => { while (!condition()) await new Promise((later) => setTimeout(later, 2)); };
  const socket = new WebSocket(session.speakUrl);
  const events = [];
  socket.onmessage = ({ data }) => events.push(JSON.parse(data).type);
  await until(() => events.includes('ready'));
  socket.send(Int16Array.from({ length: 24000 * 10 }, (_, n) => 8000 * Math.sin(n / 12)));
  await until(isLoud);
  await new Promise((later) => setTimeout(later, 1000));
  const clearMs = performance.now();
  socket.send('{"type":"clear"}');
  let lastLoudMs = clearMs;
  while (performance.now() - clearMs < 1500) {
    if (isLoud()) lastLoudMs = performance.now();
    await new Promise((later) => setTimeout(later, 2));
  }
  connection.close();
  await fetch('/api/v1/sessions/' + session.id, { method: 'DELETE', headers: { authorization: 'Bearer ' + session.token } });
  return { create: createdMs - startMs, picture: shownMs - startMs, silence: lastLoudMs - clearMs };
})()`;

const served = await startServed();
try {
  const { browser, url } = served;
  const context = await browser.newContext();
  const page = await context.newPage();
  const figures: { create: number; picture: number; silence: number }[] = [];
  for (let run = 0; run < runs; run++) {
    await page.goto(`${url}/healthz`);
    figures.push(await page.evaluate<(typeof figures)[number]>(VISIT));
  }
  console.log(`${runs} runs, milliseconds`);
  console.log('                                                    median     p95');
  const row = (what: string, values: readonly number[]): void => {
    const [median = '', p95 = ''] = [0.5, 0.95].map((share) => quantile(values, share).toFixed(0));
    console.log(what.padEnd(48), median.padStart(9), p95.padStart(7));
  };
  row(
    'POST to its answer',
    figures.map(({ create }) => create),
  );
  row(
    'POST to the first picture of a viewer (goal 400)',
    figures.map(({ picture }) => picture),
  );
  row(
    '`clear` to silence at the viewer (goal 200)',
    figures.map(({ silence }) => silence),
  );
} finally {
  await served[Symbol.asyncDispose]();
}

// Visitors without a browser are on this machine alone.
const crowded = await startServed({ environment: { VISAVIS_HOST_ADDRESSES: '127.0.0.1' } });
try {
  const response = await fetch(`${crowded.url}/api/v1/sessions`, { method: 'POST' });
  const session = sessionSchema.parse(await response.json());
  const visitors: Visitor[] = [];
  const cores: number[] = [];
  for (const count of [1, VIEWERS]) {
    while (visitors.length < count) {
      // On a busy machine a handshake may come too late.
      const visitor = await watch(session).catch(() => undefined);
      if (visitor !== undefined) visitors.push(visitor);
    }
    await new Promise((later) => setTimeout(later, 2000));
    const before = processorS(crowded.pid);
    await new Promise((later) => setTimeout(later, MEASURED_S * 1000));
    cores.push((processorS(crowded.pid) - before) / MEASURED_S);
  }
  const [one = 0, all = 0] = cores;
  console.log(`\nprocessor of the server: ${one.toFixed(2)} cores with 1 viewer, ${all.toFixed(2)} with ${VIEWERS}`);
  console.log(`${VIEWERS - 1} viewers more cost ${(all - one).toFixed(2)} cores (goal 0.2)`);
  await Promise.all(visitors.map((visitor) => visitor.close()));
} finally {
  await crowded[Symbol.asyncDispose]();
}

async function watch({ whepUrl }: SessionReply): Promise<Visitor> {
  const visitor = new Visitor({ data: false });
  const headers = { 'content-type': 'application/sdp' };
  const response = await fetch(whepUrl, { method: 'POST', headers, body: await visitor.offer() });
  await visitor.accept(await response.text());
  return visitor;
}

/** Processor time that a process has taken, in seconds (proc(5): fields 14 and 15, in ticks of 10 ms). */
function processorS(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
