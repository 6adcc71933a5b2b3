/** How the payload of a data channel is to be read (RFC 8831, 8). */
export const PAYLOAD = { dcep: 50, string: 51, binary: 53, emptyString: 56, emptyBinary: 57 } as const;

const OPEN = 3;
const ACK = 2;
const OPEN_BYTES = 12;
/** Reliable, or limited in repetitions or time; in order or not (RFC 8832, 5.1). */
const CHANNEL_TYPES: readonly number[] = [0x00, 0x01, 0x02, 0x80, 0x81, 0x82];
/** Ours are called `visavis` and `t140`. */
const LONGEST_NAME_BYTES = 128;

/** @returns what a message of the channels' own protocol (RFC 8832) is; `undefined` where it is none. */
export function readDcep(message: Buffer): 'open' | 'ack' | undefined {
  if (isAck(message)) return 'ack';
  if (message.length < OPEN_BYTES || message.readUInt8(0) !== OPEN) return undefined;
  const labelBytes = message.readUInt16BE(8);
  const protocolBytes = message.readUInt16BE(10);
  if (labelBytes > LONGEST_NAME_BYTES || protocolBytes > LONGEST_NAME_BYTES) return undefined;
  if (message.length !== OPEN_BYTES + labelBytes + protocolBytes) return undefined;
  return CHANNEL_TYPES.includes(message.readUInt8(1)) ? 'open' : undefined;
}

/** One byte (RFC 8832, 5.2); servers built on Pion fill it up to four. */
function isAck(message: Buffer): boolean {
  const [type, ...filling] = message;
  return type === ACK && (filling.length === 0 || (filling.length === 3 && filling.every((byte) => byte === 0)));
}

/** @returns whether a message's payload type is one that data channels have. */
export function isPayload(type: number): boolean {
  return Object.values(PAYLOAD).some((each) => each === type);
}
