import * as z from 'zod';

import { MESSAGE_INVALID, MESSAGE_UNKNOWN, type ErrorEvent } from './error.ts';

/** A schema that tells its messages apart by `type`. */
type MessageSchema<T> = z.ZodType<T> & { readonly options: readonly z.ZodType[] };

/** What one frame turned out to be. */
export type Read<T> =
  | { readonly kind: 'message'; readonly message: T }
  /** A kind of message that this version does not know. A receiver answers or ignores it, and goes on. */
  | { readonly kind: 'unknown'; readonly type: string }
  /** @property problem - says in one sentence what is wrong, in at most 300 characters. */
  | { readonly kind: 'invalid'; readonly problem: string };

const typedSchema = z.object({ type: z.string() });
const PROBLEM_LENGTH = 300;

/**
 * Reads one JSON message by its schema. Members that the schema does not name are left out, so a receiver never depends
 * on what a newer sender adds.
 */
export function readText<T>(schema: MessageSchema<T>, text: string): Read<T> {
  const json = parseJson(text);
  return json === undefined ? { kind: 'invalid', problem: 'not JSON' } : readMessage(schema, json);
}

/** @returns the value of a JSON text, or `undefined`, which no JSON text means, where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same for a message that is parsed already. */
export function readMessage<T>(schema: MessageSchema<T>, json: unknown): Read<T> {
  const result = schema.safeParse(json);
  if (result.success) return { kind: 'message', message: result.data };
  const typed = typedSchema.safeParse(json);
  if (typed.success && !typesOf(schema).has(typed.data.type)) return { kind: 'unknown', type: typed.data.type };
  return { kind: 'invalid', problem: problemOf(result.error) };
}

/** @returns the error that answers a message which could not be read. */
export function unreadEvent(read: Exclude<Read<never>, { readonly kind: 'message' }>): ErrorEvent {
  if (read.kind === 'invalid') {
    return { type: 'error', code: MESSAGE_INVALID, message: `Cannot read the message: ${read.problem}` };
  }
  const message = `Messages of the type "${read.type.slice(0, 64)}" are not known here`;
  return { type: 'error', code: MESSAGE_UNKNOWN, message };
}

/** @returns where the first problem is and what it is, such as `sdp: SDP starts with v=0`. */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'message' : issue.path.join('.');
  return `${where}: ${issue?.message ?? 'wrong shape'}`.slice(0, PROBLEM_LENGTH);
}

const typesBySchema = new WeakMap<object, ReadonlySet<string>>();

function typesOf(schema: MessageSchema<unknown>): ReadonlySet<string> {
  const known = typesBySchema.get(schema);
  if (known !== undefined) return known;
  const types = new Set(schema.options.flatMap(literalTypesOf));
  typesBySchema.set(schema, types);
  return types;
}

/** A union may have unions among its options. */
function literalTypesOf(option: z.ZodType): string[] {
  if (option instanceof z.ZodDiscriminatedUnion || option instanceof z.ZodUnion) {
    return (option.options as readonly z.ZodType[]).flatMap(literalTypesOf);
  }
  if (!(option instanceof z.ZodObject)) return [];
  const type: unknown = option.shape['type'];
  return type instanceof z.ZodLiteral ? [...type.values].map(String) : [];
}
