/**
 * The data channels of a call, which the client opens. `visavis` carries JSON text messages, told apart by `type`: controls
 * and typed speech to the server, everything below to the client. The other carries real-time text (ITU-T T.140) as RFC 8865
 * says, by its subprotocol `t140`. Members that a receiver does not know are ignored. The server answers a kind of message
 * that it does not know with the error `MESSAGE_UNKNOWN`; a client ignores such a kind.
 */
export const CONTROL_LABEL = 'visavis';
export const TEXT_LABEL = 'text';
/** RFC 8865, 4.1: the subprotocol says that a channel is real-time text. */
export const TEXT_PROTOCOL = 't140';

/** The largest message that SDP allows the client (RFC 8841); controls are 200 bytes, a phrase 8 kB. */
export const MAX_CHANNEL_MESSAGE_BYTES = 16_384;
