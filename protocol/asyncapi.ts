import * as z from 'zod';

import { avatarMessageSchema, toAvatarSchema } from './avatar.ts';
import { callerMessageSchema, toCallerSchema } from './caller.ts';
import { CONTROL_LABEL } from './channel-names.ts';
import { toClientSchema, toServerSchema } from './channel.ts';
import { CLOSE, MAX_MESSAGE_BYTES } from './signaling-limits.ts';
import { SPEAK_CLOSE, SPEAK_PATH, speakEventSchema, toSpeakSocketSchema } from './speak.ts';
import { fromSpeechSocketSchema, SPEECH_CLOSE, SPEECH_SOCKET_PATH, toSpeechSocketSchema } from './speech-socket.ts';

interface Channel {
  readonly address: string;
  readonly description: string;
  /** What a client may say, and what it hears. */
  readonly toServer: z.ZodType;
  readonly toClient: z.ZodType;
  readonly closeCodes?: Readonly<Record<string, number>>;
}

/** Every WebSocket and data channel. */
const CHANNELS: Readonly<Record<string, Channel>> = {
  signaling: {
    address: '/signaling',
    description: `Pages and other callers join rooms. A text frame is one message of at most ${MAX_MESSAGE_BYTES} bytes.`,
    toServer: callerMessageSchema,
    toClient: toCallerSchema,
    closeCodes: CLOSE,
  },
  avatarPeers: {
    address: '/signaling',
    description: 'Processes that draw avatars register and take visits. Their first message is `register`.',
    toServer: avatarMessageSchema,
    toClient: toAvatarSchema,
    closeCodes: CLOSE,
  },
  call: {
    address: `data channel "${CONTROL_LABEL}"`,
    description: 'Controls, typed speech and the roster of a call, on a data channel that the caller opens.',
    toServer: toServerSchema,
    toClient: toClientSchema,
  },
  speak: {
    address: SPEAK_PATH,
    description: 'A program speaks in a session: PCM in binary messages, everything else in text messages.',
    toServer: toSpeakSocketSchema,
    toClient: speakEventSchema,
    closeCodes: SPEAK_CLOSE,
  },
  speech: {
    address: SPEECH_SOCKET_PATH,
    description: 'A program types for a participant of a call.',
    toServer: toSpeechSocketSchema,
    toClient: fromSpeechSocketSchema,
    closeCodes: SPEECH_CLOSE,
  },
};

/** @returns the sockets and data channels as an AsyncAPI 3.0 document, written from the server's side. */
export function asyncApi(version: string): object {
  const entries = Object.entries(CHANNELS);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Visavis', version, license: { name: 'Apache-2.0' } },
    channels: Object.fromEntries(entries.map(([name, channel]) => [name, describe(channel)])),
    operations: Object.fromEntries(
      entries.flatMap(([name]) => [
        [`${name}.receive`, operation(name, 'receive', 'toServer')],
        [`${name}.send`, operation(name, 'send', 'toClient')],
      ]),
    ),
  };
}

function describe({ address, description, toServer, toClient, closeCodes }: Channel): object {
  return {
    address,
    description,
    messages: {
      toServer: { payload: z.toJSONSchema(toServer, { io: 'input' }) },
      toClient: { payload: z.toJSONSchema(toClient, { io: 'output' }) },
    },
    ...(closeCodes === undefined ? {} : { 'x-close-codes': closeCodes }),
  };
}

function operation(channel: string, action: 'send' | 'receive', message: string): object {
  const reference = `#/channels/${channel}`;
  return { action, channel: { $ref: reference }, messages: [{ $ref: `${reference}/messages/${message}` }] };
}
