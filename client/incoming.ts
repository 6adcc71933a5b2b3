import * as z from 'zod';

import { toCallerSchema, type ToCaller } from '../protocol/caller.ts';
import { toClientSchema, type ToClient } from '../protocol/channel.ts';
import { readText } from '../protocol/read.ts';

// Compiled schemas would need `unsafe-eval`, which the content policy of a page should not allow.
z.config({ jitless: true });

/** @returns a message of the signaling server; nothing for what this version does not know. */
export function readSignaling(text: string): ToCaller | undefined {
  const read = readText(toCallerSchema, text);
  return read.kind === 'message' ? read.message : undefined;
}

/** @returns a message of the data channel `visavis`; nothing for what this version does not know. */
export function readChannel(text: string): ToClient | undefined {
  const read = readText(toClientSchema, text);
  return read.kind === 'message' ? read.message : undefined;
}
