import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { mediaTimeUs, type MediaTimeUs } from '../../base/timeline.ts';
import { controlMessageSchema, EMOTIONS, type ControlMessage } from '../../../protocol/control.ts';
import { UsageError } from './command-failure.ts';

/** A control message and the media time from which it holds. */
export interface TimedControl {
  readonly at: MediaTimeUs;
  readonly message: ControlMessage;
}

export interface ControlFlags {
  readonly gaze?: readonly number[];
  readonly distance?: number;
  readonly pose?: readonly number[];
  readonly emotion?: { readonly name: string; readonly strength: number };
  readonly liveliness?: number;
  readonly amplitude?: number;
  readonly headMotion?: number;
  /** Without a seed, a film takes one from its inputs, and `stream` takes a random one. */
  readonly seed?: number;
  readonly controls?: string;
}

/**
 * Adds what steers motion, the same for every command that makes some.
 * @param seedDefault - where chance comes from without a seed, in words.
 */
export function addControlOptions(command: Command, seedDefault = 'from the inputs'): Command {
  return command
    .addOption(option('--gaze <yaw,pitch>', 'where to look, degrees: own left and up are positive', numbers(2)))
    .addOption(option('--distance <ratio>', 'head distance, 1 as enrolled (0.8 to 1.25)', number))
    .addOption(option('--pose <yaw,pitch,roll>', 'offset of the head, degrees', numbers(3)))
    .addOption(option('--emotion <name:strength>', `${EMOTIONS.join(', ')}; strength 0 to 1`, emotion))
    .addOption(option('--liveliness <level>', '0 a newsreader, 0.5 as people are (the default), 1 very lively', number))
    .addOption(option('--amplitude <scale>', 'size of all facial motion, 1 as made (0 to 2)', number))
    .addOption(option('--head-motion <scale>', 'size of head motion, 1 as made (0 to 2)', number))
    .addOption(option('--seed <n>', `decides all that chance decides (default: ${seedDefault})`, seed))
    .option('--controls <file>', 'timeline of control messages: JSON lines or a JSON array, each with "atMs"');
}

/**
 * @returns the messages that the flags and the timeline say, in order of time.
 * @throws UsageError for a value out of range; AvatarError `CONTROL_INVALID` for a timeline that cannot be used.
 */
export async function controlsOf(flags: ControlFlags): Promise<TimedControl[]> {
  const timeline =
    flags.controls === undefined ? [] : parseTimeline(await readTimeline(flags.controls), flags.controls);
  return [...messagesOf(flags).map((message) => ({ at: mediaTimeUs(0), message })), ...timeline];
}

function messagesOf(flags: ControlFlags): ControlMessage[] {
  const messages: unknown[] = [];
  if (flags.gaze !== undefined) {
    messages.push({ type: 'gaze', target: { yaw: flags.gaze[0], pitch: flags.gaze[1] } });
  }
  if (flags.distance !== undefined) messages.push({ type: 'distance', ratio: flags.distance });
  if (flags.pose !== undefined) {
    messages.push({ type: 'pose', yaw: flags.pose[0], pitch: flags.pose[1], roll: flags.pose[2] });
  }
  if (flags.emotion !== undefined) messages.push({ type: 'emotion', ...flags.emotion });
  if (flags.liveliness !== undefined) messages.push({ type: 'arousal', level: flags.liveliness });
  if (flags.amplitude !== undefined) messages.push({ type: 'amplitude', scale: flags.amplitude });
  if (flags.headMotion !== undefined) messages.push({ type: 'head-motion', scale: flags.headMotion });
  return messages.map((message) => {
    const parsed = controlMessageSchema.safeParse(message);
    if (parsed.success) return parsed.data;
    const { type } = message as ControlMessage;
    throw new UsageError(`--${type === 'arousal' ? 'liveliness' : type}: ${reasonOf(parsed.error)}.`);
  });
}

const atSchema = z.object({ atMs: z.number().min(0).max(86_400_000) });

/** @throws AvatarError `CONTROL_INVALID`, naming the entry that is wrong. */
export function parseTimeline(text: string, name: string): TimedControl[] {
  const entries = entriesOf(text, name).map((entry, index) => {
    const at = atSchema.safeParse(entry);
    if (!at.success) throw invalid(name, index, 'it needs "atMs", milliseconds from the beginning');
    const message = controlMessageSchema.safeParse(entry);
    if (!message.success) throw invalid(name, index, reasonOf(message.error));
    return { at: mediaTimeUs(at.data.atMs * 1000), message: message.data };
  });
  return entries.sort((a, b) => a.at - b.at);
}

function entriesOf(text: string, name: string): unknown[] {
  const json = (source: string, index: number): unknown => {
    try {
      return JSON.parse(source);
    } catch (cause) {
      throw invalid(name, index, `it is not JSON (${messageOf(cause)})`);
    }
  };
  if (text.trimStart().startsWith('[')) return json(text, 0) as unknown[];
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map(json);
}

async function readTimeline(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new AvatarError('CONTROL_INVALID', `Cannot read controls ${path}: ${messageOf(thrown)}.`, { cause: thrown });
  }
}

function invalid(name: string, index: number, why: string): AvatarError {
  return new AvatarError('CONTROL_INVALID', `Cannot use controls ${name}: entry ${index + 1}: ${why}.`);
}

function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? '' : `${path}: `}${issue?.message ?? 'not a control message'}`;
}

function option(flags: string, description: string, parse: (text: string) => unknown): Option {
  return new Option(flags, description).argParser(parse);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number.');
  return value;
}

function numbers(count: number): (text: string) => number[] {
  return (text) => {
    const values = text.split(',').map(number);
    if (values.length !== count) throw new InvalidArgumentError(`Give ${count} numbers with commas between them.`);
    return values;
  };
}

function seed(text: string): number {
  const value = number(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new InvalidArgumentError('Give a whole number from 0 to 4294967295.');
  }
  return value;
}

function emotion(text: string): { name: string; strength: number } {
  const [name = '', strength = '1', ...rest] = text.split(':');
  if (rest.length > 0 || !(EMOTIONS as readonly string[]).includes(name)) {
    throw new InvalidArgumentError(`Give one of ${EMOTIONS.join(', ')}, a colon and a strength from 0 to 1.`);
  }
  return { name, strength: number(strength) };
}
