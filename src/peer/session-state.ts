import { assert } from '../base/errors.ts';

/** Where a participant is: its place in the room outlives its connections. */
export type SessionState = 'connecting' | 'live' | 'interrupted' | 'closed';

/** Every legal move; one that is not here is a bug. */
export const LEGAL_MOVES: Readonly<Record<SessionState, readonly SessionState[]>> = {
  connecting: ['live', 'interrupted', 'closed'],
  live: ['interrupted', 'connecting', 'closed'],
  interrupted: ['connecting', 'closed'],
  closed: [],
};

/** @throws Error when `to` cannot follow `from`. @returns `to`. */
export function move(from: SessionState, to: SessionState): SessionState {
  assert(LEGAL_MOVES[from].includes(to), `a session does not go from ${from} to ${to}`);
  return to;
}
