/** What `visavis/client/node` offers: calls of programs, with werift. */
export { CallError, type CallState } from '../call-state.ts';
export type { CallEvents, JoinRequest, Manner } from '../call-options.ts';
export type { AvatarFigures } from '../statistics.ts';
export type { Participant } from '../participant.ts';
export { openCall, type NodeCall, type NodeCallOptions } from './call.ts';
export { VoiceTrack } from './voice-track.ts';
