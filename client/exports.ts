/** What `visavis/client` offers to pages. Node takes its calls from `visavis/client/node`. */
export { openCall, openMicrophone, type BrowserCallOptions } from './browser.ts';
export { Call } from './call.ts';
export { signalingUrlOf, type CallEvents, type CallOptions, type JoinRequest, type Manner } from './call-options.ts';
export { CallError, type CallState } from './call-state.ts';
export type { ListenOptions } from './emitter.ts';
export type { MediaLink, OpenMediaLink, Place, StatisticsReport, TextChannel } from './media-link.ts';
export type { Participant } from './participant.ts';
export { TextDisplay, TextSender } from './real-time-text.ts';
export type { ClientSocket, OpenSocket } from './signaling-socket.ts';
export type { AvatarFigures } from './statistics.ts';
export { WhepPlayer, type WhepPlayerEvents } from './whep-player.ts';
