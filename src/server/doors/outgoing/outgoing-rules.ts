import { BlockList, isIP } from 'node:net';
import { AvatarError } from '../../../base/errors.ts';

/** Networks that are nobody's on the internet (IANA's registries of special-purpose addresses). */
const SPECIAL: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
const special = new BlockList();
for (const [network, prefix] of SPECIAL) special.addSubnet(network, prefix, 'ipv4');
/** Of IPv6 only these are public, without the blocks in them that document, tunnel or translate. */
const publicV6 = new BlockList();
publicV6.addSubnet('2000::', 3, 'ipv6');
const specialV6 = new BlockList();
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  specialV6.addSubnet(network, prefix, 'ipv6');
}

/** @returns whether an IP address is somebody's on the internet, rather than of this machine or its networks. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !special.check(address, 'ipv4');
  return version === 6 && publicV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
}

/** What a request of ours to an address that a caller named may do. */
export interface Permission {
  /** Whether packets may be sent there. */
  readonly mayReach: (address: string) => boolean;
}

/**
 * Where this server may be sent by whoever opens a session. Without a list: every host on the internet, by HTTPS, and no
 * private address, whatever name leads there. With one: the hosts of the list, which may be private.
 */
export class OutgoingRules {
  readonly #hosts: readonly string[];

  /** @param hosts - such as `live.example`, `*.example.org` or `10.0.0.5:7088`; `none` allows nothing. */
  constructor(hosts: readonly string[]) {
    this.#hosts = hosts.map((host) => host.toLowerCase());
  }

  /** @throws AvatarError `TARGET_REFUSED` that says why. */
  check(url: URL): Permission {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('only https and http addresses are used');
    if (url.username !== '' || url.password !== '') throw refused('a token belongs in "bearer", not in the address');
    if (this.#hosts.length > 0) {
      if (this.#hosts.some((host) => covers(host, url))) return { mayReach: () => true };
      throw refused('the operator did not list that host');
    }
    if (url.protocol !== 'https:') throw refused('without a list of the operator only https is used');
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !isPublicAddress(literal)) throw refused('that address is not on the internet');
    return { mayReach: isPublicAddress };
  }
}

function covers(host: string, url: URL): boolean {
  if (host === url.host || host === url.hostname) return true;
  return host.startsWith('*.') && url.hostname.endsWith(host.slice(1));
}

export function refused(reason: string): AvatarError {
  return new AvatarError('TARGET_REFUSED', `Cannot send there: ${reason}`);
}
