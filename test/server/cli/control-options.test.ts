import { Command } from 'commander';
import { expect, test } from 'vitest';
import {
  addControlOptions,
  controlsOf,
  parseTimeline,
  type ControlFlags,
} from '../../../src/server/cli/control-options.ts';

function flagsOf(...args: readonly string[]): ControlFlags {
  const command = addControlOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }));
  return command.parse(args, { from: 'user' }).opts();
}

test('flags are the messages of a live call, from the beginning on', async () => {
  const flags = flagsOf(
    '--gaze',
    '-10,5',
    '--distance',
    '1.1',
    '--pose',
    '-5,2,-1',
    '--emotion',
    'happy:0.6',
    '--amplitude',
    '1.2',
  );
  expect(await controlsOf(flags)).toEqual(
    [
      { type: 'gaze', target: { yaw: -10, pitch: 5 } },
      { type: 'distance', ratio: 1.1 },
      { type: 'pose', yaw: -5, pitch: 2, roll: -1 },
      { type: 'emotion', name: 'happy', strength: 0.6 },
      { type: 'amplitude', scale: 1.2 },
    ].map((message) => ({ at: 0, message })),
  );
  expect(flagsOf().seed).toBeUndefined();
});

test.each([
  [['--gaze', '50,0'], /--gaze: target.yaw/],
  [['--distance', '3'], /--distance: ratio/],
  [['--amplitude', '-1'], /--amplitude: scale/],
  [['--liveliness', '1.2'], /--liveliness: level/],
])('%j is out of range', async (args, message) => {
  await expect(controlsOf(flagsOf(...args))).rejects.toThrow(message);
});

test.each([
  [['--gaze', '1'], /2 numbers/],
  [['--pose', '1,2'], /3 numbers/],
  [['--distance', ''], /Give a number/],
  [['--emotion', 'smug:1'], /Give one of neutral/],
  [['--seed', '1.5'], /whole number/],
  [['--controls'], /argument missing/],
])('%j is not understood', (args, message) => {
  expect(() => flagsOf(...args)).toThrow(message);
});

test.each([
  ['JSON lines', '{"atMs":900,"type":"gesture","name":"nod"}\n\n{"atMs":100,"type":"interrupt"}\n'],
  ['an array', '[{"atMs":900,"type":"gesture","name":"nod"},{"atMs":100,"type":"interrupt"}]'],
])('a timeline is %s, put in order', (_, text) => {
  expect(parseTimeline(text, 'x')).toEqual([
    { at: 100_000, message: { type: 'interrupt' } },
    { at: 900_000, message: { type: 'gesture', name: 'nod' } },
  ]);
});

test.each([
  ['{"type":"interrupt"}', /entry 1: it needs "atMs"/],
  ['{"atMs":0,"type":"interrupt"}\n{"atMs":1,"type":"wink"}', /entry 2: type/],
  ['{', /entry 1: it is not JSON/],
  ['[{]', /it is not JSON/],
])('the timeline %s is refused', (text, message) => {
  expect(() => parseTimeline(text, 'show.jsonl')).toThrow(message);
});
