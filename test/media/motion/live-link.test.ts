import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveLinkReader } from '../../../src/media/motion/live-link-reader.ts';
import { LIVE_LINK_HEADER, liveLinkRow } from '../../../src/media/motion/live-link.ts';
import { motionLine, readMotionLine } from '../../../src/media/motion/motion-lines.ts';
import { ARKIT_DIMS, MOTION_DIMS, MOTION_INDEX, restMotion } from '../../../src/media/motion-space.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import type { MotionFrame } from '../../../src/base/media.ts';

function readAll(lines: readonly string[], givenRate?: number): MotionFrame[] {
  const reader = new LiveLinkReader(givenRate);
  return [...lines.flatMap((line) => reader.push(line)), ...reader.flush()];
}

const row = (timecode: string, count = 61, value = 0): string =>
  [timecode, count, ...Array.from({ length: 61 }, () => value)].join(',');

describe('a Live Link take', () => {
  test('has the columns of the app, in the order of the app', () => {
    const columns = LIVE_LINK_HEADER.split(',');
    expect(columns).toHaveLength(63);
    expect(columns.slice(0, 4)).toEqual(['Timecode', 'BlendShapeCount', 'EyeBlinkLeft', 'EyeLookDownLeft']);
    expect(columns.slice(16, 20)).toEqual(['JawForward', 'JawRight', 'JawLeft', 'JawOpen']);
    expect(columns.slice(53)).toEqual(
      'TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll'.split(
        ',',
      ),
    );
  });

  test('written and read again is the same motion, at every rate, but for what has no column', () => {
    const frames = fc.array(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: MOTION_DIMS, maxLength: MOTION_DIMS }),
      { minLength: 130, maxLength: 130 },
    );
    fc.assert(
      fc.property(frames, fc.constantFrom(25, 30, 40, 50, 60), (values, rate) => {
        const motions = values.map((frame) => Float32Array.from(frame));
        const read = readAll([LIVE_LINK_HEADER, ...motions.map((motion, index) => liveLinkRow(motion, index, rate))]);
        expect(read).toHaveLength(motions.length);
        read.forEach((frame, index) => {
          expect(frame.timeUs).toBe(Math.round((index * 1e6) / rate));
          for (let channel = 0; channel < ARKIT_DIMS + 3; channel++) {
            expect(frame.motion[channel]).toBeCloseTo(motions[index]![channel]!, 2);
          }
          expect(frame.motion[MOTION_INDEX.headDistance]).toBe(1);
        });
      }),
      { numRuns: 10 },
    );
  });

  test.each([
    ['headYaw', 18, { HeadYaw: -Math.PI / 10 }],
    ['headPitch', 9, { HeadPitch: -Math.PI / 20 }],
    ['headRoll', 9, { HeadRoll: Math.PI / 20 }],
    ['eyeLookOutLeft', 0.5, { LeftEyeYaw: (-10 * Math.PI) / 180 }],
    ['eyeLookOutRight', 0.5, { RightEyeYaw: (10 * Math.PI) / 180 }],
    ['eyeLookUpLeft', 0.5, { LeftEyePitch: (-6 * Math.PI) / 180 }],
    ['eyeLookDownRight', 0.5, { RightEyePitch: (6 * Math.PI) / 180 }],
  ] as const)('has the axes of the app: %s %d', (channel, value, angles) => {
    const motion = restMotion();
    motion[MOTION_INDEX[channel]] = value;
    const cells = liveLinkRow(motion, 61, 60).split(',');
    expect(cells[0]).toBe('00:00:01:01.000');
    const columns = LIVE_LINK_HEADER.split(',');
    for (const [name, radians] of Object.entries(angles)) {
      expect(Number(cells[columns.indexOf(name)])).toBeCloseTo(radians, 4);
    }
    // Nothing else turns.
    expect(
      columns.filter(
        (name, at) =>
          /Yaw|Pitch|Roll/.test(name) &&
          name !== 'MouthRollLower' &&
          name !== 'MouthRollUpper' &&
          Number(cells[at]) !== 0,
      ),
    ).toEqual(Object.keys(angles));
  });

  test('of a real recording: starts at any time of day, skips rows without a face, keeps its gaps', () => {
    const read = readAll([
      `\uFEFF${LIVE_LINK_HEADER.replace('BlendShapeCount', 'BlendshapeCount')}\r`,
      row('14:03:52:58.207'),
      row('14:03:52:59.207'),
      '14:03:53:00.207,0',
      row('14:03:53:06.207'),
    ]);
    expect(read.map((frame) => Math.round(frame.timeUs / 1000))).toEqual([0, 17, 133]);
  });

  const take = (timecodes: readonly string[]): number[] =>
    readAll([LIVE_LINK_HEADER, ...timecodes.map((timecode) => row(timecode))]).map(({ timeUs }) => timeUs);
  const frames = (second: string, rate: number, from = 0): string[] =>
    Array.from({ length: rate - from }, (_, n) => `${second}:${String(n + from).padStart(2, '0')}.000`);

  test('goes on past midnight', () => {
    const times = take([...frames('23:59:58', 25), ...frames('23:59:59', 25), ...frames('00:00:00', 25)]);
    expect(times).toEqual(times.map((_, index) => index * 40_000));
  });

  test('has its rate from several seconds, because the first may lack frames', () => {
    const ragged = frames('10:00:00', 30).filter((_, index) => index < 25);
    const times = take([...ragged, ...['1', '2', '3'].flatMap((second) => frames(`10:00:0${second}`, 30))]);
    expect(times).toHaveLength(115);
    expect(times.at(-1)).toBe(Math.round((119 / 30) * 1e6));
  });

  test('of 29.97 frames a second leaves numbers out and no time', () => {
    const minute = [...frames('00:00:59', 30), ...frames('00:01:00', 30, 2)].map((text) =>
      text.replace(/:(\d+\.)/, ';$1'),
    );
    const times = take(minute);
    expect(times).toEqual(times.map((_, index) => Math.round((index * 1.001e6) / 30)));
  });

  test('never runs back and never drops a row', () => {
    const anyTimecode = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 70 }))
      .map(([hour, second, frame]) => `${hour}:00:${second}:${frame}`);
    fc.assert(
      fc.property(fc.array(anyTimecode, { minLength: 1, maxLength: 40 }), (timecodes) => {
        const times = take(timecodes);
        expect(times).toHaveLength(timecodes.length);
        times.slice(1).forEach((time, index) => {
          expect(time).toBeGreaterThan(times[index]!);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('of a spreadsheet: quoted, or with semicolons and decimal commas', () => {
    const values = Array.from({ length: 61 }, () => 0.25);
    const quoted = ['00:00:00:00', 61, ...values].map((value) => `"${value}"`).join(',');
    const header = LIVE_LINK_HEADER.split(',');
    const european = ['00:00:00:00', 61, ...values.map((value) => String(value).replace('.', ','))].join(';');
    for (const lines of [
      [LIVE_LINK_HEADER, quoted],
      [header.map((name) => `"${name}"`).join(','), quoted],
      [header.join(';'), european],
    ]) {
      expect(readAll(lines)[0]?.motion[MOTION_INDEX.jawOpen]).toBe(0.25);
    }
  });

  test('with a given rate needs no timecodes', () => {
    expect(readAll([LIVE_LINK_HEADER, row('?'), row('?')], 25).map((frame) => frame.timeUs)).toEqual([0, 40_000]);
  });

  test('keeps coefficients within 0 and 1', () => {
    const [frame] = readAll([LIVE_LINK_HEADER, row('00:00:00:00.000', 61, 1.5)]);
    expect(frame?.motion[MOTION_INDEX.jawOpen]).toBe(1);
  });

  test.each([
    [['a,b,c'], /first line is not a Live Link Face header/],
    [['Timecode,BlendShapeCount,EyeBlinkLeft', row('00:00:00:00')], /column eyeLookDownLeft is missing/],
    [[LIVE_LINK_HEADER], /no row with a face/],
    [[], /no row with a face/],
    [[LIVE_LINK_HEADER, '00:00:00:00,61,0.1'], /row 1 has 3 cells/],
    [[LIVE_LINK_HEADER, row('noon')], /timecode "noon"/],
    [[LIVE_LINK_HEADER, row('00:00:00:00').replace('61,0,', '61,x,')], /says "x" for eyeBlinkLeft/],
  ])('refuses %j', (lines, message) => {
    expect(() => readAll(lines)).toThrow(message);
  });
});

describe('JSON lines of motion', () => {
  test('carry the whole frame with its time', () => {
    const motion = restMotion().map((value, index) => value + index / 100);
    const read = readMotionLine(motionLine({ timeUs: mediaTimeUs(40_000), motion }), 1);
    expect(read.timeUs).toBe(40_000);
    motion.forEach((value, index) => {
      expect(read.motion[index]).toBeCloseTo(value, 4);
    });
  });

  test.each([
    ['{', /line 3 is not JSON/],
    ['7', /line 3 has no "timeUs"/],
    ['{"timeUs":0,"motion":{"noseWiggle":1}}', /"noseWiggle"/],
    ['{"timeUs":0,"motion":{"jawOpen":"wide"}}', /"wide" for "jawOpen"/],
  ])('refuse %s', (line, message) => {
    expect(() => readMotionLine(line, 3)).toThrow(message);
  });
});
