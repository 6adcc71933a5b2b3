import { describe, expect, it } from 'vitest';
import { LEGAL_MOVES, move, type SessionState } from '../../src/peer/session-state.ts';

const STATES = Object.keys(LEGAL_MOVES) as SessionState[];

describe('move()', () => {
  it.each(STATES.flatMap((from) => STATES.map((to) => [from, to] as const)))(
    '%s -> %s is as the table says',
    (from, to) => {
      if (LEGAL_MOVES[from].includes(to)) expect(move(from, to)).toBe(to);
      else expect(() => move(from, to)).toThrow(/does not go from/);
    },
  );

  it('ends in closed, from everywhere, for good', () => {
    for (const from of STATES) if (from !== 'closed') expect(LEGAL_MOVES[from]).toContain('closed');
    expect(LEGAL_MOVES.closed).toEqual([]);
  });
});
