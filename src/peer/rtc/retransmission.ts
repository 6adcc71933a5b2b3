import { monotonicUs } from '../../base/timeline.ts';
import { TokenBucket } from '../../base/token-bucket.ts';
import { GenericNack, RtcpTransportLayerFeedback, type RTCRtpSender, type RtcpPacket } from 'werift';

/** Far enough from each other that one burst of loss does not take two copies of a packet. */
const APART_MS = 10;
/** A copy that went out so lately is on its way: packets out of order are asked for as lost ones are. */
const ON_ITS_WAY_MS = 25;
/** Repetitions that wait. Who asks for more at once gets each once. */
const MOST_WAITING = 16;
/** Packets that the library keeps. */
const HISTORY = 128;
/** Three times what a picture of 2.5 Mbps has: more is no loss, but a flood on demand. */
const REPEATED_PER_SECOND = 1000;
/** A browser asks again and again until the keyframe is there. */
const KEYFRAME_INTERVAL_MS = 500;

/**
 * What a browser asks for again is sent again twice. Where one packet in twenty is lost, so is one repetition in twenty, and
 * the browser waits a round trip and more before it asks anew: its picture stands for a fifth of a second. On a link that
 * loses so much, each packet also goes out in copies unasked, as RTX (RFC 4588) allows; the request may be lost as well.
 *
 * Requests are read here before the library answers them. It takes what follows a request in the same datagram for more
 * numbers, and says nothing of packets that it no longer has: the browser would wait for one until it gives up, 3 s later.
 */
export class Retransmission {
  readonly #answer: (packet: RtcpPacket) => void;
  readonly #onGone: () => void;
  /** When the last copy of a packet was or will be sent, by number modulo `HISTORY`. */
  readonly #copies = new Map<number, { readonly number: number; readonly lastMs: number }>();
  #newest: number | undefined;
  #waiting = 0;
  readonly #rate = new TokenBucket(REPEATED_PER_SECOND, REPEATED_PER_SECOND);
  #keyframeMs = -Infinity;

  /** @param onGone - a packet was asked for that cannot be sent again: only a keyframe helps. */
  constructor(sender: RTCRtpSender, onGone: (ssrc: number) => void) {
    this.#answer = sender.handleRtcpPacket.bind(sender);
    this.#onGone = () => {
      onGone(sender.ssrc);
    };
    sender.handleRtcpPacket = (packet) => {
      if (packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof GenericNack) {
        this.#request(requestedNumbers(packet.feedback));
      } else this.#answer(packet);
    };
  }

  /**
   * Packets went out.
   * @param numbers - theirs, as they went out.
   * @param copies - how often each is sent again unasked.
   */
  sent(numbers: readonly number[], copies: number): void {
    this.#newest = numbers.at(-1) ?? this.#newest;
    for (let copy = 1; copy <= copies; copy++) this.#repeat(numbers, copy * APART_MS);
  }

  #request(numbers: readonly number[]): void {
    const now = performance.now();
    // One that is named twice is lost once.
    const wanted = [...new Set(numbers)].filter((number) => {
      const copy = this.#copies.get(number % HISTORY);
      const isOnItsWay = copy?.number === number && now <= copy.lastMs + ON_ITS_WAY_MS;
      return this.#behind(number) < HISTORY && !isOnItsWay && this.#rate.take(monotonicUs(Math.round(now * 1000)));
    });
    if (wanted.length > 0) {
      this.#send(wanted);
      this.#repeat(wanted, APART_MS);
    }
    const gone = numbers.some((number) => this.#behind(number) >= HISTORY && this.#behind(number) < 0x8000);
    if (!gone || now < this.#keyframeMs + KEYFRAME_INTERVAL_MS) return;
    this.#keyframeMs = now;
    this.#onGone();
  }

  /** @returns how many packets were sent after one; 32768 and more for one that never was. */
  #behind(number: number): number {
    return this.#newest === undefined ? 0xffff : (this.#newest - number) & 0xffff;
  }

  #repeat(numbers: readonly number[], afterMs: number): void {
    if (this.#waiting === MOST_WAITING) return;
    this.#waiting++;
    const lastMs = performance.now() + afterMs;
    for (const number of numbers) this.#copies.set(number % HISTORY, { number, lastMs });
    setTimeout(() => {
      this.#waiting--;
      this.#send(numbers);
    }, afterMs).unref();
  }

  #send(numbers: readonly number[]): void {
    this.#answer(new RtcpTransportLayerFeedback({ feedback: new GenericNack({ lost: [...numbers] }) }));
  }
}

/**
 * The numbers of a generic NACK (RFC 4585, 6.2.1): as many entries as its header says, each a number and up to sixteen that
 * follow it, which the library counts on beyond 65535.
 */
function requestedNumbers({ header, lost }: GenericNack): number[] {
  let entries = header.length - 2;
  let first = -Infinity;
  const numbers: number[] = [];
  for (const number of lost) {
    if (number <= first || number > first + 16) {
      if (entries-- === 0) break;
      first = number;
    }
    numbers.push(number & 0xffff);
  }
  return numbers;
}
