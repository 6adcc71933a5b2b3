import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ToCaller } from '../../../protocol/caller.ts';
import { Page, type PageOptions } from './page.ts';

export interface VisitorOptions {
  readonly room: string;
  readonly portrait: string;
  readonly name?: string;
  /** As the proxy in front of the server would name it. */
  readonly address?: string;
  readonly page?: PageOptions;
}

/** What a server said instead of taking a visitor in. */
export class Refused extends Error {}

/** The server took a visitor in, and no connection came about. */
export class Unconnected extends Error {}

/** Tries up to ten times, a second apart: what works for somebody who is patient works. @throws what the last try threw. */
export async function patiently<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (thrown) {
      const mayPass = thrown instanceof Refused || thrown instanceof Unconnected;
      if (!mayPass || attempt === 10) throw thrown;
      await new Promise((later) => setTimeout(later, 1000));
    }
  }
}

type Of<T extends ToCaller['type']> = Extract<ToCaller, { readonly type: T }>;

/** A signaling socket of somebody who comes as pages do, and waits for what is said. */
export class SignalingLine {
  readonly socket: WebSocket;
  readonly #heard: ToCaller[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (bytes: Buffer) => {
      this.#heard.push(JSON.parse(bytes.toString()) as ToCaller);
      // Who does not listen keeps only the last word.
      if (this.#heard.length > 50) this.#heard.shift();
      this.#wake();
    });
    socket.on('close', () => {
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  /** @throws Refused when the upgrade is refused. */
  static async open(url: string, address?: string): Promise<SignalingLine> {
    const socket = new WebSocket(url, { headers: address === undefined ? {} : { 'x-forwarded-for': address } });
    const line = new SignalingLine(socket);
    try {
      await once(socket, 'open');
    } catch (thrown) {
      throw new Refused(String(thrown));
    }
    return line;
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  say(message: object): void {
    if (this.isOpen) this.socket.send(JSON.stringify(message));
  }

  /** @throws Refused when the server says `full` or an error, the socket closes, or nothing comes in ten seconds. */
  async hear<T extends ToCaller['type']>(type: T): Promise<Of<T>> {
    const end = performance.now() + 10_000;
    while (performance.now() < end) {
      const index = this.#heard.findIndex((message) => message.type === type);
      if (index >= 0) return this.#heard.splice(index, 1)[0] as Of<T>;
      const refusal = this.#heard.find((message) => message.type === 'full' || message.type === 'error');
      if (refusal !== undefined) throw new Refused(JSON.stringify(refusal));
      if (!this.isOpen) throw new Refused('the socket closed');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 200);
      });
    }
    throw new Refused(`no ${type} came`);
  }
}

/** Somebody who joins a room of a running server through signaling, with a page that needs no browser. */
export class Visitor {
  readonly page: Page;
  readonly line: SignalingLine;
  answerSdp = '';
  offerSdp = '';

  private constructor(page: Page, line: SignalingLine) {
    this.page = page;
    this.line = line;
  }

  /** Signals up to the server's answer, and does nothing with it. @throws Refused */
  static async signal(url: string, options: VisitorOptions): Promise<Visitor> {
    const line = await SignalingLine.open(url, options.address);
    const visitor = new Visitor(new Page(options.page), line);
    try {
      line.say({ type: 'hello', version: 1 });
      await line.hear('welcome');
      visitor.offerSdp = await visitor.page.offer();
      const { room, portrait, name = '' } = options;
      line.say({ type: 'join', room, portrait, name, sdp: visitor.offerSdp });
      visitor.answerSdp = (await line.hear('answer')).sdp;
      return visitor;
    } catch (thrown) {
      await visitor.leave();
      throw thrown;
    }
  }

  /** Joins and connects. @throws Refused, or Unconnected. */
  static async join(url: string, options: VisitorOptions): Promise<Visitor> {
    const visitor = await Visitor.signal(url, options);
    try {
      await within(10_000, visitor.page.accept(visitor.answerSdp), 'connect');
      return visitor;
    } catch (thrown) {
      await visitor.leave();
      // The page's own library gives up a handshake whose flights come twice, as they do on a machine that is overloaded.
      throw new Unconnected(String(thrown));
    }
  }

  /** Says goodbye to everybody, so that the place is free at once. */
  async leave(): Promise<void> {
    this.line.say({ type: 'leave' });
    this.line.socket.close();
    await this.page.close();
  }

  /** Is gone without a word to anybody. */
  async vanish(): Promise<void> {
    this.line.socket.terminate();
    this.page.vanish();
    await this.page.peer.close();
  }
}

/** @throws Refused when `what` takes longer than `ms`. */
export async function within<T>(ms: number, action: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Refused(`did not ${what} in ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([action, late]);
  } finally {
    clearTimeout(timer);
  }
}
