import { GenericNack, RtcpTransportLayerFeedback, type RTCRtpSender } from 'werift';

/** Far enough from the first that one burst of loss does not take both. */
const APART_MS = 10;
/** Repetitions that wait. Who asks for more at once gets each once. */
const MOST_WAITING = 8;

/**
 * What a browser asks for again is sent again twice. Where one packet in twenty is lost, so is one repetition in twenty, and
 * the browser waits a round trip and more before it asks anew: its picture stands for a fifth of a second. On a link that
 * loses so much, each packet is also sent again unasked, as RTX (RFC 4588) allows: what is lost twice is one in four hundred.
 */
export class Retransmission {
  readonly #sender: RTCRtpSender;
  #waiting = 0;
  #repeating = false;

  constructor(sender: RTCRtpSender) {
    this.#sender = sender;
    sender.onGenericNack.subscribe(({ lost }) => {
      if (!this.#repeating) this.repeat(lost);
    });
  }

  /** Sends packets again in a moment. @param numbers - sequence numbers as they went out. */
  repeat(numbers: number[]): void {
    if (this.#waiting === MOST_WAITING) return;
    this.#waiting++;
    setTimeout(() => {
      this.#waiting--;
      this.#repeating = true;
      const feedback = new GenericNack({ lost: numbers });
      this.#sender.handleRtcpPacket(new RtcpTransportLayerFeedback({ feedback }));
      this.#repeating = false;
    }, APART_MS).unref();
  }
}
