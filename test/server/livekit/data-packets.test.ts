import {
  DataPacket,
  DataStream_ByteHeader,
  DataStream_Chunk,
  DataStream_Header,
  DataStream_Trailer,
  RpcError,
  RpcRequest,
  RpcResponse,
} from '@livekit/protocol';
import { describe, expect, it } from 'vitest';
import { DataPackets, RPC_UNSUPPORTED_METHOD } from '../../../src/server/livekit/data-packets.ts';

/** All but what LiveKit deprecated. */
type PacketValue = Exclude<DataPacket['value'], { case: 'speaker' }>;

function open() {
  const sent: DataPacket[] = [];
  const heard: string[] = [];
  const link = { isUp: true };
  const packets = new DataPackets({
    send: (bytes) => {
      if (link.isUp) sent.push(DataPacket.fromBinary(bytes));
      return link.isUp;
    },
    topic: 'sound',
    onStream: ({ from, attributes }) => {
      heard.push(`${from} ${attributes['rate'] ?? ''}`);
      return {
        onChunk: (bytes) => heard.push(Buffer.from(bytes).toString()),
        onEnd: () => heard.push('end'),
      };
    },
    methods: new Map<string, (caller: string, payload: string) => string>([
      ['twice', (caller, payload) => `${caller} ${payload}${payload}`],
      [
        'fails',
        () => {
          throw new Error('no');
        },
      ],
    ]),
  });
  const receive = (participantIdentity: string, value: PacketValue): void => {
    packets.receive(new DataPacket({ participantIdentity, value }).toBinary());
  };
  return { packets, sent, heard, link, receive };
}

function header(streamId: string, topic = 'sound'): PacketValue {
  const contentHeader = { case: 'byteHeader', value: new DataStream_ByteHeader({ name: 'x' }) } as const;
  return {
    case: 'streamHeader',
    value: new DataStream_Header({ streamId, topic, attributes: { rate: '8' }, contentHeader }),
  };
}
const chunk = (streamId: string, text: string): PacketValue => ({
  case: 'streamChunk',
  value: new DataStream_Chunk({ streamId, content: Buffer.from(text) }),
});
const trailer = (streamId: string): PacketValue => ({
  case: 'streamTrailer',
  value: new DataStream_Trailer({ streamId }),
});

describe('DataPackets', () => {
  it('reads a byte stream of its topic, and of its sender alone', () => {
    const { receive, heard } = open();
    receive('agent', header('1'));
    receive('agent', chunk('1', 'a'));
    receive('stranger', chunk('1', 'b'));
    receive('stranger', trailer('1'));
    receive('agent', chunk('1', 'c'));
    receive('agent', trailer('1'));
    receive('agent', chunk('1', 'd'));
    receive('agent', header('2', 'chat'));
    receive('agent', chunk('2', 'e'));
    expect(heard).toEqual(['agent 8', 'a', 'c', 'end']);
  });

  it('keeps sixteen streams at most', () => {
    const { receive, heard } = open();
    for (let stream = 0; stream < 30; stream++) receive('agent', header(String(stream)));
    expect(heard).toHaveLength(16);
  });

  it('answers calls: with a payload, with an error, and with the code of a method that it does not have', () => {
    const { receive, sent } = open();
    for (const method of ['twice', 'fails', 'unknown']) {
      receive('agent', { case: 'rpcRequest', value: new RpcRequest({ id: method, method, payload: 'x', version: 1 }) });
    }
    const answers = sent.flatMap(({ value }) => (value.case === 'rpcResponse' ? [value.value.value] : []));
    expect(answers[0]).toEqual({ case: 'payload', value: 'agent xx' });
    expect(answers[1]).toMatchObject({ case: 'error', value: { code: 1500, message: 'no' } });
    expect(answers[2]).toMatchObject({ case: 'error', value: { code: RPC_UNSUPPORTED_METHOD } });
    expect(sent.filter(({ value }) => value.case === 'rpcAck')).toHaveLength(3);
    expect(sent.every(({ destinationIdentities }) => destinationIdentities.join() === 'agent')).toBe(true);
  });

  it('calls others, and fails as they do, in time, or when the link is gone', async () => {
    const { packets, receive, sent, link } = open();
    const idOf = (at: number): string => {
      const value = sent.at(at)?.value;
      return value?.case === 'rpcRequest' ? value.value.id : '';
    };
    const good = packets.call('agent', 'do', 'it', 1000);
    receive('agent', {
      case: 'rpcResponse',
      value: new RpcResponse({ requestId: idOf(-1), value: { case: 'payload', value: 'done' } }),
    });
    await expect(good).resolves.toBe('done');
    const bad = packets.call('agent', 'do', 'it', 1000);
    const error = new RpcError({ code: 1400, message: 'never heard of it' });
    receive('agent', {
      case: 'rpcResponse',
      value: new RpcResponse({ requestId: idOf(-1), value: { case: 'error', value: error } }),
    });
    await expect(bad).rejects.toMatchObject({ code: 1400 });
    await expect(packets.call('agent', 'do', 'it', 10)).rejects.toMatchObject({ code: 1502 });
    const closing = packets.call('agent', 'do', 'it', 1000);
    packets.close();
    await expect(closing).rejects.toMatchObject({ code: 1505 });
    link.isUp = false;
    await expect(packets.call('agent', 'do', 'it', 1000)).rejects.toMatchObject({ code: 1505 });
  });

  it('drops what is no data packet', () => {
    const { packets, heard, sent } = open();
    for (let size = 0; size < 200; size++)
      packets.receive(Uint8Array.from({ length: size }, (_, at) => (at * 77 + size) & 255));
    expect([heard, sent]).toEqual([[], []]);
  });
});
