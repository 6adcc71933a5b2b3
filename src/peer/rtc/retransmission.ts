import { GenericNack, RtcpTransportLayerFeedback, type RTCRtpSender } from 'werift';

/** Far enough from the first that one burst of loss does not take both. */
const APART_MS = 10;
/** Repetitions that wait. Who asks for more at once gets each once. */
const MOST_WAITING = 8;

/**
 * What a browser asks for again is sent again twice. Where one packet in twenty is lost, so is one repetition in twenty, and
 * the browser waits a round trip and more before it asks anew: its picture stands for a fifth of a second.
 */
export function repeatRetransmissions(sender: RTCRtpSender): void {
  let waiting = 0;
  let repeating = false;
  sender.onGenericNack.subscribe(({ lost }) => {
    if (repeating || waiting === MOST_WAITING) return;
    waiting++;
    setTimeout(() => {
      waiting--;
      repeating = true;
      sender.handleRtcpPacket(new RtcpTransportLayerFeedback({ feedback: new GenericNack({ lost }) }));
      repeating = false;
    }, APART_MS).unref();
  });
}
