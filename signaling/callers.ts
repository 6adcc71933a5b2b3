import { randomBytes } from 'node:crypto';

import { AvatarError, messageOf } from '../src/base/errors.ts';
import type { Connection } from './connection.ts';
import type { SignalingOptions } from './options.ts';
import { CLOSE, PROTOCOL_VERSION } from '../protocol/signaling-limits.ts';
import type { CallerMessage, ToCaller } from '../protocol/caller.ts';
import { verifyRoomToken, type RoomRight } from './room-token.ts';
import type { WithdrawnTokens } from './withdrawn-tokens.ts';

/** An answer that comes while its caller is away waits for the resume; more than these is not a connection set-up. */
const HELD_MESSAGES = 64;

/** A caller known by its resume token, with or without a live socket. */
export interface Caller {
  readonly peerId: string;
  resume: string;
  connection: Connection | undefined;
  held: ToCaller[];
  /** What its token opens; `undefined` where rooms are open. */
  readonly right: RoomRight | undefined;
  /** Its network as limits count it. */
  address: string;
}

type Hello = Extract<CallerMessage, { readonly type: 'hello' }>;

/** Everybody who said hello and was let in: by which right, on which socket, and what waits for those who are away. */
export class Callers {
  readonly #options: Pick<SignalingOptions, 'tokenSecret' | 'unixTimeS'>;
  readonly #withdrawn: WithdrawnTokens;
  readonly #byId = new Map<string, Caller>();
  readonly #byResume = new Map<string, Caller>();

  constructor(options: Pick<SignalingOptions, 'tokenSecret' | 'unixTimeS'>, withdrawn: WithdrawnTokens) {
    this.#options = options;
    this.#withdrawn = withdrawn;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(peerId: string): Caller | undefined {
    return this.#byId.get(peerId);
  }

  /** @returns callers of one network. */
  from(address: string): readonly Caller[] {
    return [...this.#byId.values()].filter((each) => each.address === address);
  }

  /**
   * Checks version and invitation, and takes the caller in, again if it shows its resume token. One that is refused hears why,
   * and its socket closes.
   * @returns the caller, and whether it came back.
   */
  async admit(
    connection: Connection,
    hello: Hello,
  ): Promise<{ readonly caller: Caller; readonly isBack: boolean } | undefined> {
    if (hello.version !== PROTOCOL_VERSION) {
      const sentence = `Cannot speak version ${hello.version}: this server speaks ${PROTOCOL_VERSION}`;
      connection.fail('VERSION_UNSUPPORTED', sentence, CLOSE.badMessage);
      return undefined;
    }
    const resumed = hello.resume === undefined ? undefined : this.#byResume.get(hello.resume);
    const right = resumed === undefined ? await this.#rightOf(connection, hello) : resumed.right;
    if (right === 'refused' || (right !== undefined && this.#isOver(connection, right))) return undefined;
    const { address } = connection;
    const caller = resumed ?? { peerId: randomId(), resume: '', connection: undefined, held: [], right, address };
    caller.address = address;
    caller.connection?.close(CLOSE.replaced, 'Connected again elsewhere');
    this.#byResume.delete(caller.resume);
    caller.resume = randomBytes(24).toString('base64url');
    caller.connection = connection;
    this.#byId.set(caller.peerId, caller);
    this.#byResume.set(caller.resume, caller);
    return { caller, isBack: resumed !== undefined };
  }

  /** Sends, or keeps for a caller that may come back. */
  send(peerId: string, message: ToCaller): void {
    const caller = this.#byId.get(peerId);
    if (caller?.connection !== undefined) caller.connection.send(message);
    else if (caller !== undefined && caller.held.length < HELD_MESSAGES) caller.held.push(message);
  }

  forget(peerId: string): void {
    const caller = this.#byId.get(peerId);
    this.#byId.delete(peerId);
    if (caller !== undefined) this.#byResume.delete(caller.resume);
  }

  async #rightOf(connection: Connection, { token }: Hello): Promise<RoomRight | 'refused' | undefined> {
    const { tokenSecret, unixTimeS } = this.#options;
    if (tokenSecret === undefined) return undefined;
    try {
      return await verifyRoomToken(tokenSecret, token ?? '', unixTimeS());
    } catch (thrown) {
      const code = thrown instanceof AvatarError && thrown.code === 'TOKEN_EXPIRED' ? thrown.code : 'TOKEN_INVALID';
      const sentence = token === undefined ? 'This room needs an invitation link' : messageOf(thrown);
      connection.fail(code, sentence, CLOSE.unauthorised);
      return 'refused';
    }
  }

  /** Also asked of somebody who comes back: a resume token opens nothing that the invitation does not. */
  #isOver(connection: Connection, { expiresS, tokenId }: RoomRight): boolean {
    if (expiresS <= this.#options.unixTimeS()) {
      connection.fail('TOKEN_EXPIRED', 'The invitation has expired: ask for a new link', CLOSE.unauthorised);
      return true;
    }
    if (!this.#withdrawn.has(tokenId)) return false;
    connection.fail('TOKEN_INVALID', 'This invitation was withdrawn', CLOSE.unauthorised);
    return true;
  }
}

/** A name that nobody guesses, for a caller or a socket. */
export function randomId(): string {
  return randomBytes(9).toString('base64url');
}
