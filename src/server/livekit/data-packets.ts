import { randomUUID } from 'node:crypto';
import { DataPacket, RpcAck, RpcError, RpcRequest, RpcResponse } from '@livekit/protocol';
import { messageOf } from '../../base/errors.ts';
import { readProtobuf } from './livekit-socket.ts';

/** One byte stream of another participant, as it comes. */
export interface ByteStreamHeader {
  readonly from: string;
  readonly attributes: Readonly<Record<string, string>>;
}
export interface ByteStreamReader {
  onChunk(bytes: Uint8Array): void;
  onEnd(): void;
}

export interface DataPacketsOptions {
  /** @returns whether it went out. */
  readonly send: (bytes: Uint8Array) => boolean;
  /** The only topic whose streams are read. */
  readonly topic: string;
  /** @returns who reads the stream, or nothing when it is nobody's. */
  readonly onStream: (header: ByteStreamHeader) => ByteStreamReader | undefined;
  /** Methods that others may call: each gets the caller's identity and payload, and returns the answer's payload. */
  readonly methods: ReadonlyMap<string, (caller: string, payload: string) => string>;
}

/** An answer other than a payload. */
export class RpcFailure extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** LiveKit's codes of failed calls. */
export const RPC_UNSUPPORTED_METHOD = 1400;
const RPC_APPLICATION_ERROR = 1500;
const RPC_RESPONSE_TIMEOUT = 1502;
const RPC_SEND_FAILED = 1505;
/** Streams of others that are open at once. */
const MOST_STREAMS = 16;
/** Calls of ours that wait for an answer. */
const MOST_CALLS = 64;

type Outgoing = Extract<DataPacket['value'], { case: 'rpcRequest' | 'rpcAck' | 'rpcResponse' }>;

interface Call {
  readonly resolve: (payload: string) => void;
  readonly reject: (failure: RpcFailure) => void;
  readonly late: NodeJS.Timeout;
}

/** LiveKit's data packets over a reliable channel: byte streams in, and remote calls in both directions. */
export class DataPackets {
  readonly #options: DataPacketsOptions;
  readonly #streams = new Map<string, { readonly from: string; readonly reader: ByteStreamReader }>();
  readonly #calls = new Map<string, Call>();

  constructor(options: DataPacketsOptions) {
    this.#options = options;
  }

  /** @param bytes - one message of the channel; what is not a data packet is dropped. */
  receive(bytes: Uint8Array): void {
    const packet = readProtobuf(DataPacket, bytes);
    if (packet === undefined) return;
    const { value, participantIdentity: from } = packet;
    if (value.case === 'streamHeader') {
      this.#open(from, value.value.streamId, value.value.topic, value.value.attributes);
    } else if (value.case === 'streamChunk') {
      const stream = this.#streams.get(value.value.streamId);
      if (stream?.from === from) stream.reader.onChunk(value.value.content);
    } else if (value.case === 'streamTrailer') {
      const stream = this.#streams.get(value.value.streamId);
      if (stream?.from !== from) return;
      this.#streams.delete(value.value.streamId);
      stream.reader.onEnd();
    } else if (value.case === 'rpcRequest') this.#answer(from, value.value);
    else if (value.case === 'rpcResponse') this.#settle(value.value);
  }

  /**
   * Calls a method of another participant.
   * @returns the payload of the answer.
   * @throws RpcFailure with LiveKit's code.
   */
  call(to: string, method: string, payload: string, timeoutMs: number): Promise<string> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      if (this.#calls.size >= MOST_CALLS) {
        reject(new RpcFailure(RPC_SEND_FAILED, `${MOST_CALLS} calls wait for an answer already`));
        return;
      }
      const fail = (failure: RpcFailure): void => {
        this.#calls.delete(id);
        reject(failure);
      };
      const late = setTimeout(() => {
        fail(new RpcFailure(RPC_RESPONSE_TIMEOUT, `${method} was not answered within ${timeoutMs} ms`));
      }, timeoutMs).unref();
      this.#calls.set(id, { resolve, reject, late });
      const value = new RpcRequest({ id, method, payload, responseTimeoutMs: timeoutMs, version: 1 });
      if (this.#send(to, { case: 'rpcRequest', value })) return;
      clearTimeout(late);
      fail(new RpcFailure(RPC_SEND_FAILED, `${method} could not be sent`));
    });
  }

  close(): void {
    for (const { late, reject } of this.#calls.values()) {
      clearTimeout(late);
      reject(new RpcFailure(RPC_SEND_FAILED, 'The connection is gone'));
    }
    this.#calls.clear();
    this.#streams.clear();
  }

  #open(from: string, id: string, topic: string, attributes: Readonly<Record<string, string>>): void {
    if (topic !== this.#options.topic || this.#streams.size >= MOST_STREAMS) return;
    const reader = this.#options.onStream({ from, attributes });
    if (reader !== undefined) this.#streams.set(id, { from, reader });
  }

  #answer(from: string, { id, method, payload }: RpcRequest): void {
    this.#send(from, { case: 'rpcAck', value: new RpcAck({ requestId: id }) });
    const run = this.#options.methods.get(method);
    this.#send(from, { case: 'rpcResponse', value: new RpcResponse({ requestId: id, value: outcome() }) });

    function outcome(): RpcResponse['value'] {
      if (run === undefined) {
        const error = new RpcError({ code: RPC_UNSUPPORTED_METHOD, message: 'Method not supported at destination' });
        return { case: 'error', value: error };
      }
      try {
        return { case: 'payload', value: run(from, payload) };
      } catch (thrown) {
        return { case: 'error', value: new RpcError({ code: RPC_APPLICATION_ERROR, message: messageOf(thrown) }) };
      }
    }
  }

  #settle({ requestId, value }: RpcResponse): void {
    const call = this.#calls.get(requestId);
    if (call === undefined) return;
    this.#calls.delete(requestId);
    clearTimeout(call.late);
    if (value.case === 'error') call.reject(new RpcFailure(value.value.code, value.value.message));
    else call.resolve(value.case === 'payload' ? value.value : '');
  }

  #send(to: string, value: Outgoing): boolean {
    return this.#options.send(new DataPacket({ destinationIdentities: [to], value }).toBinary());
  }
}
