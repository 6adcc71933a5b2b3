import { AsyncLocalStorage } from 'node:async_hooks';

/** Whoever is to end when something that was begun for it fails where nobody waits. */
export interface FaultOwner {
  fail(thrown: unknown): void;
}

const owners = new AsyncLocalStorage<FaultOwner>();

/** Whatever `action` begins (promises, timers, sockets and what comes of them) belongs to `owner`. */
export function ownedBy<T>(owner: FaultOwner, action: () => T): T {
  return owners.run(owner, action);
}

/** To be asked in the process's handlers of what nobody caught. @returns whose it is, where it is known. */
export function ownerOfFault(): FaultOwner | undefined {
  return owners.getStore();
}
