import type { RTCDtlsTransport } from 'werift';
import type { Tally } from './tally.ts';
import { isSignedWith, readStunMessage, type StunMessage } from './wire/stun-message.ts';

export type Address = readonly [host: string, port: number];

/** Of the library's ICE connection, what it keeps to itself. */
interface IceConnection {
  readonly iceLite: boolean;
  readonly remoteUsername: string;
  readonly userHistory: Readonly<Record<string, string>>;
  readonly checkList: readonly Pair[];
  nominated: Pair | undefined;
}

interface Pair {
  readonly protocol: unknown;
  readonly remoteAddr: Address;
  readonly requestTransactionIds: Set<string>;
}

/** A browser with every kind of network has a dozen; ones that it left make room. */
const MOST_ADDRESSES = 64;
/** Each ICE restart of the page brings another one. */
const MOST_FRAGMENTS = 16;
/** The library remembers every check to tell repetitions, which come within seconds. */
const MOST_REMEMBERED_CHECKS = 256;

/**
 * Which STUN messages reach the library, and which addresses are the page's. The library answers and believes any check:
 * a stranger's, sent before the page's own, would turn the call to the stranger. Here each must name both sides' fragments
 * and be signed with our password (RFC 8445, 7.3), which only the page knows, from our answer.
 */
export class IceGate {
  readonly #ice: IceConnection;
  readonly #tally: Tally;
  /** From where a signed check came; the oldest first. */
  readonly #addresses = new Set<string>();
  readonly #fragments = new Set<string>();

  constructor(transport: RTCDtlsTransport, tally: Tally) {
    this.#ice = transport.iceTransport.connection as unknown as IceConnection;
    this.#tally = tally;
  }

  /** @returns whether the page has shown that it is at this address, or we found it there ourselves. */
  isPage([host, port]: Address): boolean {
    if (this.#addresses.has(`${host} ${port}`)) return true;
    const nominated = this.#ice.nominated?.remoteAddr;
    return nominated !== undefined && nominated[0] === host && nominated[1] === port;
  }

  /** @returns the message, where the library may see it. */
  admit(datagram: Buffer, address: Address): StunMessage | undefined {
    const message = readStunMessage(datagram);
    if (message?.kind === 'request' && this.#isSigned(datagram, message)) {
      this.#remember(`${address[0]} ${address[1]}`);
      return message;
    }
    // What answers our own checks, the library compares with them.
    if (!this.#ice.iceLite && (message?.kind === 'response' || message?.kind === 'error')) return message;
    if (message?.kind !== 'indication') this.#tally.add(message?.kind === 'request' ? 'stun-unverified' : 'stun');
    return undefined;
  }

  /**
   * To be called when the library has taken a signed check. It stays with the address that was nominated first; a page that
   * nominates another one (another network, a shorter way) is followed there (RFC 8445, 8.1.1).
   */
  follow({ useCandidate }: StunMessage, address: Address, protocol: unknown): void {
    const pair = this.#ice.checkList.find(
      ({ protocol: own, remoteAddr }) =>
        own === protocol && remoteAddr[0] === address[0] && remoteAddr[1] === address[1],
    );
    if (pair === undefined) return;
    if (pair.requestTransactionIds.size > MOST_REMEMBERED_CHECKS) pair.requestTransactionIds.clear();
    if (useCandidate && this.#ice.iceLite && this.#ice.nominated !== undefined) this.#ice.nominated = pair;
  }

  #isSigned(datagram: Buffer, { username, integrityAt }: StunMessage): boolean {
    const [ours = '', theirs = '', ...rest] = username?.split(':') ?? [];
    const { remoteUsername, userHistory } = this.#ice;
    if (remoteUsername !== '' && this.#fragments.size < MOST_FRAGMENTS) this.#fragments.add(remoteUsername);
    const isKnown = theirs === remoteUsername || this.#fragments.has(theirs);
    if (!isKnown || rest.length > 0 || !Object.hasOwn(userHistory, ours) || integrityAt === undefined) return false;
    return isSignedWith(datagram, integrityAt, userHistory[ours] ?? '');
  }

  #remember(address: string): void {
    this.#addresses.delete(address);
    this.#addresses.add(address);
    const [oldest] = this.#addresses;
    if (this.#addresses.size > MOST_ADDRESSES && oldest !== undefined) this.#addresses.delete(oldest);
  }
}
