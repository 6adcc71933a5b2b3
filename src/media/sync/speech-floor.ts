/** Who is heard when a microphone and typed speech want to speak for the same avatar. */
export type FloorDecision = 'speak' | 'wait';

/** A person who asked the text to wait still wants it said: after this it goes first. */
export const LONGEST_WAIT_US = 8_000_000;

/** @param talking - whether the microphone brings speech now. @param waitedUs - since the text was ready. */
export function takeFloor(policy: 'wait' | 'duck', talking: boolean, waitedUs: number): FloorDecision {
  return policy === 'wait' && talking && waitedUs < LONGEST_WAIT_US ? 'wait' : 'speak';
}
