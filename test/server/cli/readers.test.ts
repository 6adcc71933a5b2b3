import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AvatarError } from '../../../src/base/errors.ts';
import { LIVE_LINK_HEADER, liveLinkRow } from '../../../src/media/motion/live-link.ts';
import { LiveLinkReader } from '../../../src/media/motion/live-link-reader.ts';
import { motionLine, readMotionLine } from '../../../src/media/motion/motion-lines.ts';
import { MOTION_DIMS, restMotion } from '../../../src/media/motion-space.ts';
import { mediaTimeUs } from '../../../src/base/timeline.ts';
import { audioFormatOf } from '../../../src/native/codec/audio-format.ts';
import { readFilm } from '../../../src/native/codec/film-reader.ts';
import { openAudioFile } from '../../../src/native/codec/audio-file.ts';
import { promisedWavSeconds } from '../../../src/native/codec/wav-length.ts';
import { readBatchList } from '../../../src/server/cli/batch-list.ts';
import { parseTimeline } from '../../../src/server/cli/control-options.ts';
import { babble, ffmpeg, hasFfmpeg, wavFile } from '../../support/sound.ts';

/** Whatever is read, it is understood or refused in a sentence, and never a crash. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
});

afterAll(() => rm(folder, { recursive: true }));

function refusedOr<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof AvatarError)) throw thrown;
    expect(thrown.message).toMatch(/^Cannot [^\n]+$/);
    return undefined;
  }
}

/** Bytes of a file of which some were changed, left out or added. */
function damaged(whole: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat({ max: whole.length - 1 });
  const change = fc.record({ at: place, byte: fc.nat({ max: 255 }) });
  return fc.tuple(fc.array(change, { maxLength: 12 }), place, fc.boolean()).map(([changes, cut, cuts]) => {
    const bytes = whole.slice();
    // Headers are where a wrong byte does most.
    for (const { at, byte } of changes) bytes[at % 3 === 0 ? at : at % 120] = byte;
    return cuts ? bytes.subarray(0, cut) : bytes;
  });
}

describe('readers of text', () => {
  const cell = fc.oneof(
    fc.double().map(String),
    fc.string({ maxLength: 8 }),
    fc.constantFrom('', '"', '""', 'NaN', '1e400', '-0', '00:00:00:00.000', '23:59:59;29', '0,5', '\u0000', 'ﷺ'),
  );
  const row = fc.array(cell, { maxLength: 70 }).map((cells) => cells.join(','));
  const goodRow = fc.nat({ max: 100 }).map((index) => liveLinkRow(restMotion(), index, 30));

  test('Live Link rows give frames whose time never runs back and whose values are numbers, or a refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(row, goodRow), { maxLength: 20 }), fc.boolean(), (rows, withHeader) => {
        refusedOr(() => {
          const reader = new LiveLinkReader(undefined);
          const lines = withHeader ? [LIVE_LINK_HEADER, ...rows] : rows;
          const frames = [...lines.flatMap((line) => [...reader.push(line)]), ...reader.flush()];
          for (const [index, { timeUs, motion }] of frames.entries()) {
            expect(timeUs).toBeGreaterThanOrEqual(frames[index - 1]?.timeUs ?? 0);
            expect(motion).toHaveLength(MOTION_DIMS);
            expect(motion.every(Number.isFinite)).toBe(true);
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  test('a motion line gives back what was written, and anything else a refusal', () => {
    const values = fc.array(fc.float({ min: -90, max: 90, noNaN: true }), {
      minLength: MOTION_DIMS,
      maxLength: MOTION_DIMS,
    });
    fc.assert(
      fc.property(values, fc.nat({ max: 1e9 }), (motion, timeUs) => {
        const read = readMotionLine(motionLine({ timeUs: mediaTimeUs(timeUs), motion: Float32Array.from(motion) }), 1);
        expect(read.timeUs).toBe(timeUs);
        read.motion.forEach((value, index) => {
          expect(Math.abs(value - (motion[index] ?? NaN))).toBeLessThan(1e-4);
        });
      }),
    );
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void refusedOr(() => readMotionLine(line, 7))));
  });

  test('a timeline is in order of time, or refused', () => {
    const entry = fc.record(
      {
        atMs: fc.oneof(fc.double(), fc.nat({ max: 9e7 })),
        type: fc.constantFrom('gaze', 'emotion', 'gesture', 'pose', 'distance', 'fly'),
        name: fc.constantFrom('happy', 'nod', 'angry', ''),
        strength: fc.double(),
        target: fc.option(fc.record({ yaw: fc.double(), pitch: fc.double() })),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(entry).map((entries) => JSON.stringify(entries)),
          fc.string(),
          fc.json(),
        ),
        (text) => {
          const times = refusedOr(() => parseTimeline(text, 'show.json'))?.map(({ at }) => at) ?? [];
          expect(times).toEqual([...times].sort((a, b) => a - b));
        },
      ),
    );
  });

  test('a list of films is understood or refused', async () => {
    const settings = { environment: {}, signal: new AbortController().signal };
    const options = { portrait: 'face.avatar', outFolder: undefined, ending: '.webm', options: [], settings };
    const lists = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(row, { maxLength: 5 }).map((rows) => ['sound,out,size', ...rows].join('\n')),
      fc
        .array(fc.dictionary(fc.constantFrom('sound', 'text', 'out', 'size', 'drawn', 'x'), fc.string()))
        .map((rows) => JSON.stringify(rows)),
    );
    await fc.assert(
      fc.asyncProperty(lists, async (text) => {
        await writeFile(join(folder, 'list.csv'), text);
        try {
          const entries = await readBatchList(join(folder, 'list.csv'), options);
          expect(entries.length).toBeGreaterThan(0);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AvatarError);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('readers of sound and film', () => {
  test('the first bytes of anything are known or not', () => {
    const beginnings = fc.constantFrom('RIFF', 'RF64', 'OggS', 'fLaC', 'ID3', '\xff\xfb', 'FORM');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), beginnings, fc.boolean(), (bytes, beginning, begins) => {
        const head = begins ? Buffer.concat([Buffer.from(beginning, 'latin1'), bytes]) : bytes;
        audioFormatOf(head);
        const promisedS = promisedWavSeconds(head);
        expect(promisedS === undefined || promisedS >= 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test.skipIf(!hasFfmpeg)(
    'a damaged WAV is heard as far as it goes, or refused',
    async () => {
      const whole = new Uint8Array(wavFile(8000, babble(8000, 0.2)));
      await fc.assert(
        fc.asyncProperty(damaged(whole), async (bytes) => {
          const path = join(folder, 'damaged.wav');
          await writeFile(path, bytes);
          try {
            const file = await openAudioFile(path);
            try {
              for await (const samples of file.samples())
                expect(samples.every((value) => Math.abs(value) <= 1)).toBe(true);
            } finally {
              await file.close();
            }
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(AvatarError);
          }
        }),
        { numRuns: 12 },
      );
    },
    60_000,
  );

  test.skipIf(!hasFfmpeg)(
    'a damaged film states something or nothing',
    async () => {
      await writeFile(join(folder, 'voice.wav'), wavFile(16_000, babble(16_000, 0.2)));
      for (const name of ['film.webm', 'film.mp4']) {
        ffmpeg(join(folder, 'voice.wav'), join(folder, name), '-metadata', 'VISAVIS_PROVENANCE=x');
        const whole = new Uint8Array(await readFile(join(folder, name)));
        await fc.assert(
          fc.asyncProperty(damaged(whole), async (bytes) => {
            await writeFile(join(folder, `damaged-${name}`), bytes);
            const film = await readFilm(join(folder, `damaged-${name}`));
            expect(film === undefined || /^[0-9a-f]{64}$/.test(film.contentSha256)).toBe(true);
          }),
          { numRuns: 60 },
        );
      }
    },
    60_000,
  );
});
