import type { MediaStream, MediaStreamTrack } from 'werift';
import { WebSocket } from 'ws';

import { signalingUrlOf, type CallOptions } from '../call-options.ts';
import { Call } from '../call.ts';
import { WeriftLink } from './werift-link.ts';

/** The options of a call that a program chooses. */
export type NodeCallOptions = Omit<
  CallOptions<MediaStreamTrack, MediaStream>,
  'signalingUrl' | 'openLink' | 'openSocket'
>;

/** A call in Node: tracks and streams are those of werift. */
export type NodeCall = Call<MediaStreamTrack, MediaStream>;

/** @returns a call for Node, with werift. @param server - its address, such as `https://visavis.example`. */
export function openCall(server: string | URL, options: NodeCallOptions = {}): NodeCall {
  return new Call({
    ...options,
    signalingUrl: signalingUrlOf(server),
    openLink: (link, events) => new WeriftLink(link, events),
    openSocket: (url) => {
      const socket = new WebSocket(url);
      // What fails is told by the close that follows.
      socket.on('error', () => undefined);
      return socket;
    },
  });
}
