/** How this process is reached. */
export interface RtcOptions {
  /**
   * Answer connectivity checks instead of making them (RFC 8445, 2.5): 60 ms faster, for a host that callers can reach
   * directly. `false` where this process itself needs a TURN server.
   */
  readonly iceLite: boolean;
  /** Addresses to offer; none means every interface's. `127.0.0.1` serves a machine of its own. */
  readonly hostAddresses: readonly string[];
  /** Offered in place of the host's own where a NAT forwards ports one to one. */
  readonly publicAddress?: string | undefined;
  /** UDP ports, both ends included; a session takes one. */
  readonly portRange?: readonly [first: number, last: number] | undefined;
}
