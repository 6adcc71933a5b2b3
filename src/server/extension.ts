import type { Extension, HostParts } from './host.ts';

type Opening = (host: HostParts) => Promise<Extension>;

/** @returns one extension that adds the routes, sockets and listeners of all of them, in this order. */
export function allOf(...openings: readonly Opening[]): Opening {
  return async (host) => {
    const extensions: Extension[] = [];
    for (const open of openings) extensions.push(await open(host));
    return {
      routes: (app) => {
        for (const { routes } of extensions) routes?.(app);
      },
      upgrades: new Map(extensions.flatMap(({ upgrades }) => [...(upgrades ?? [])])),
      drain: () => {
        for (const { drain } of extensions) drain?.();
      },
      onPeerEvent: (event) => {
        for (const { onPeerEvent } of extensions) onPeerEvent?.(event);
      },
    };
  };
}
