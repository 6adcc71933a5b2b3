import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { seededRandom } from '../../src/base/random.ts';

export interface Weather {
  /** Of packets lost each way, 0..1. */
  readonly loss: number;
  /** Packets wait up to this long, and may overtake each other. */
  readonly jitterMs: number;
}

interface Address {
  readonly address: string;
  readonly port: number;
}

/** A UDP path through this process that loses and delays: between one browser and one port of a server. */
export class RoughLink {
  weather: Weather;
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #random = seededRandom(7);

  private constructor(near: Socket, far: Socket, server: Address, weather: Weather) {
    this.#near = near;
    this.#far = far;
    this.weather = weather;
    let browser: Address = { address: '', port: 0 };
    near.on('message', (bytes, from) => {
      browser = from;
      this.#pass(() => {
        far.send(bytes, server.port, server.address);
      });
    });
    far.on('message', (bytes) => {
      this.#pass(() => {
        near.send(bytes, browser.port, browser.address);
      });
    });
  }

  static async open(server: Address, weather: Weather): Promise<RoughLink> {
    const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
    for (const socket of sockets) {
      socket.bind(0, '0.0.0.0');
      await once(socket, 'listening');
    }
    return new RoughLink(...sockets, server, weather);
  }

  /**
   * Leads a page that is about to open through links of this weather: each port that an answer names becomes a link's.
   * @returns the links, as they come to be; the caller closes them.
   */
  static async lead(page: Page, weather: Weather): Promise<readonly RoughLink[]> {
    const links: RoughLink[] = [];
    await page.exposeFunction('portThroughLink', async (address: string, port: number) => {
      const link = await RoughLink.open({ address, port }, weather);
      links.push(link);
      return link.port;
    });
    await page.addInitScript(`{
      const { prototype } = RTCPeerConnection;
      const accept = prototype.setRemoteDescription;
      const candidate = /^(a=candidate:\\S+ \\d+ udp \\d+) (\\S+) (\\d+) typ host/gim;
      prototype.setRemoteDescription = async function ({ type, sdp }) {
        const ports = {};
        for (const [, , address, port] of sdp.matchAll(candidate)) {
          ports[address + port] ??= await portThroughLink(address, Number(port));
        }
        const led = (_, head, address, port) => head + ' ' + address + ' ' + ports[address + port] + ' typ host';
        return accept.call(this, { type, sdp: sdp.replace(candidate, led) });
      };
    }`);
    return links;
  }

  /** Where the browser is to send. */
  get port(): number {
    return this.#near.address().port;
  }

  close(): void {
    this.#near.close();
    this.#far.close();
  }

  #pass(send: () => void): void {
    const { loss, jitterMs } = this.weather;
    if (this.#random.uniform() < loss) return;
    const delayMs = this.#random.uniform() * jitterMs;
    if (delayMs < 1) send();
    else
      setTimeout(() => {
        try {
          send();
        } catch {
          // Closed meanwhile.
        }
      }, delayMs);
  }
}
