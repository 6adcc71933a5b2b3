/** What one visit took, in milliseconds of the page's clock. */
export interface Visit {
  /** From `POST /api/v1/sessions` to its answer. */
  readonly create: number;
  /** From the same to the first picture. */
  readonly picture: number;
  /** From sending `clear` to silence. */
  readonly silence: number;
}

/** Runs in the page: opens a session, watches it, speaks a tone, clears it. @returns a `Visit`. */
export const VISIT = `(async () => {
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
