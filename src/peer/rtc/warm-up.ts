import { RTCDtlsTransport, RTCPeerConnection } from 'werift';
import { systemClock } from '../../base/clock.ts';
import { Connection } from './connection.ts';
import { catchSocketErrors } from './udp-sockets.ts';

const ignore = (): void => undefined;

/**
 * Makes this process's certificate (ECDSA P-256, shared by its connections) and connects once to itself, so that the
 * first visitor does not wait for what every first time costs: keys, curves, code that no one has run yet.
 */
export async function warmUp(): Promise<void> {
  catchSocketErrors();
  await RTCDtlsTransport.SetupCertificate();
  const own = '127.0.0.1';
  const page = new RTCPeerConnection({
    iceServers: [],
    iceUseIpv6: false,
    bundlePolicy: 'max-bundle',
    iceInterfaceAddresses: { udp4: own },
    iceAdditionalHostAddresses: [own],
  });
  page.addTransceiver('audio', { direction: 'sendrecv' });
  page.addTransceiver('video', { direction: 'recvonly' });
  for (const transport of page.iceTransports) Object.assign(transport.connection, { stunServer: undefined });
  await page.setLocalDescription(await page.createOffer());
  let connected = ignore;
  const done = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const connection = await Connection.open({
    offerSdp: page.localDescription?.sdp ?? '',
    rtc: { iceLite: true, hostAddresses: [own] },
    now: () => systemClock.now(),
    random: Math.random,
    events: {
      onConnected: () => {
        connected();
      },
      onClosed: () => {
        connected();
      },
      onAudio: ignore,
      onFeedback: ignore,
      onMessage: ignore,
      onText: ignore,
      onOpen: ignore,
      onAbuse: ignore,
      onDropped: ignore,
      onFault: ignore,
    },
  });
  await page.setRemoteDescription({ type: 'answer', sdp: connection.answerSdp });
  await done;
  await page.close();
  await connection.close();
}
