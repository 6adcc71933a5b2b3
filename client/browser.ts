import { BrowserLink } from './browser-link.ts';
import { signalingUrlOf, type CallOptions } from './call-options.ts';
import { Call } from './call.ts';

/** The options of a call that a page chooses. */
export type BrowserCallOptions = Omit<
  CallOptions<MediaStreamTrack, MediaStream>,
  'signalingUrl' | 'openLink' | 'openSocket'
>;

/** @returns a call for a page, with the browser's WebRTC. @param server - its address, such as `https://visavis.example`. */
export function openCall(server: string | URL, options: BrowserCallOptions = {}): Call {
  return new Call({ ...BROWSER, ...options, signalingUrl: signalingUrlOf(server) });
}

/** How a browser connects. */
export const BROWSER = {
  openLink: (...[options, events]: ConstructorParameters<typeof BrowserLink>) => new BrowserLink(options, events),
  openSocket: (url: string) => new WebSocket(url),
} as const;

/**
 * Opens the microphone for a call, asking the person where that is needed.
 * @throws DOMException of `getUserMedia`; `SecurityError` for a page that was opened neither over https nor from this machine.
 */
export async function openMicrophone(deviceId?: string): Promise<MediaStream> {
  const device = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
  // Without https there are no devices at all, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new DOMException('Microphones need https', 'SecurityError');
  return devices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...device },
  });
}
