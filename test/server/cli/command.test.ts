import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIVE_LINK_HEADER } from '../../../src/media/motion/live-link.ts';
import type { FilmFigures } from '../../../src/server/evaluate/life-table.ts';
import { babble, ffmpeg, hasFfmpeg, tone, wavFile } from '../../support/sound.ts';
import { pictures, probe, soundOf, startVisavis, visavis, type Ran } from '../../support/visavis.ts';

const PORTRAIT = resolve('models/portraits/astronaut.png');

let folder: string;
const dataFolder = (): NodeJS.ProcessEnv => ({ VISAVIS_DATA_DIR: join(folder, '.var') });
const run = (...args: readonly string[]): Promise<Ran> => visavis(folder, args, undefined, dataFolder());

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-test-'));
  await writeFile(join(folder, 'voice.wav'), wavFile(44_100, babble(44_100, 1.13), babble(44_100, 1.13)));
  await writeFile(join(folder, 'silence.wav'), wavFile(16_000, new Float32Array(3200)));
  await writeFile(
    join(folder, 'clipped.wav'),
    wavFile(
      16_000,
      babble(16_000, 0.3).map((value) => value * 100),
    ),
  );
  await writeFile(join(folder, 'short.wav'), wavFile(8_000, tone(200, 8_000, 0.1)));
  await writeFile(join(folder, 'broken.wav'), wavFile(16_000, babble(16_000, 1)));
  await truncate(join(folder, 'broken.wav'), 44 + 16_000);
  await writeFile(join(folder, 'empty.wav'), '');
  await writeFile(join(folder, 'words.wav'), 'These are words, not sound.');
  await copyFile(PORTRAIT, join(folder, 'face.png'));
  await mkdir(join(folder, '.var'));
  const enrolled = await run('enrol', 'face.png', '--consent', 'for this test', '--json');
  if (enrolled.code !== 0) throw new Error(enrolled.stderr);
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

describe('visavis', () => {
  test('explains itself, each command with examples', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}(\w+) .*(?:\[options\]|<)/gm)].map(([, name = '']) => name);
    expect(commands).toEqual(
      expect.arrayContaining([
        'enrol',
        'inspect',
        'animate',
        'render',
        'detect',
        'evaluate',
        'measure',
        'models',
        'doctor',
      ]),
    );
    for (const command of commands.filter((name) => name !== 'help')) {
      const help = await run(command, '--help');
      expect(help.code).toBe(0);
      expect(help.stdout).toMatch(/Examples:\n {2}\S/);
    }
  }, 60_000);

  test.each([
    [[]],
    [['sing']],
    [['render']],
    [['enrol', 'face.png']],
    [['animate', 'voice.wav', '--fps', '31']],
    [['animate', 'voice.wav', '--gaze', '90,0']],
    [['animate', 'voice.wav', '--out', 'motion.txt']],
    [['render', 'face.avatar']],
    [['render', 'face.avatar', 'voice.wav', '--out', 'film.avi']],
    [['render', 'face.avatar', 'voice.wav', '--size', '300']],
    [['render', 'face.avatar', 'voice.wav', '--background', 'beach']],
    [['render', 'face.avatar', 'voice.wav', '--motion', 'm.csv', '--gaze', '1,1']],
    [['measure']],
    [['measure', 'film.webm', '--limit', '0']],
  ])('says that %j is wrong usage', async (args) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    if (args.length > 0) expect(stderr).toMatch(/^visavis: [^\n]+\n$/);
  });

  test.each([
    [['animate', 'nowhere.wav'], /there is no such file/],
    [['animate', 'empty.wav'], /the file is empty/],
    [['animate', 'words.wav'], /no sound file that is known here/],
    [['animate', 'voice.wav', '--out', 'no/where.csv'], /its folder does not exist/],
    [['animate', 'voice.wav', '--model', '.'], /manifest/],
    [['animate', 'voice.wav', '--controls', 'words.wav'], /entry 1: it is not JSON/],
    [['render', 'face.avatar', 'words.wav'], /no sound file that is known here/],
    [['render', 'words.wav', 'voice.wav'], /Cannot/],
    [['render', 'face.avatar', 'voice.wav', '--motion', 'words.wav'], /not a Live Link Face header/],
    [['inspect', 'voice.wav'], /no avatar file/],
    [['enrol', 'words.wav', '--consent', 'x'], /Cannot/],
    [['enrol', 'face.png', '--consent', ' '], /Cannot enrol without consent/],
    [['models', '.'], /Cannot find a bundle/],
    [['measure', 'nowhere.webm'], /there is no such file/],
    [['measure', 'voice.wav'], /no pictures in it/],
  ])('fails in one line for %j, and leaves nothing behind', async (args, message) => {
    const before = await readdir(folder);
    const { code, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/(?:^|\n)visavis: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(await readdir(folder)).toEqual(before);
  });
});

describe('visavis enrol and inspect', () => {
  test('keep the consent with the face', async () => {
    const { code, stdout } = await run('inspect', 'face.avatar', '--json', '--preview', 'preview.png');
    expect(code).toBe(0);
    const facts = JSON.parse(stdout) as { consent: { text: string }; portraitSha256: string };
    expect(facts.consent.text).toBe('for this test');
    expect(facts.portraitSha256).toMatch(/^[0-9a-f]{64}$/);
    expect((await readFile(join(folder, 'preview.png'))).subarray(1, 4).toString()).toBe('PNG');
    expect((await run('inspect', 'face.avatar')).stdout).toContain('for this test');
  });

  test('refuse an avatar that was altered', async () => {
    const bytes = await readFile(join(folder, 'face.avatar'));
    bytes[bytes.length - 100]! ^= 1;
    await writeFile(join(folder, 'altered.avatar'), bytes);
    const { code, stderr } = await run('render', 'altered.avatar', 'voice.wav', '--out', 'altered.webm');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^visavis: Cannot read the avatar/);
  });
});

describe.skipIf(!hasFfmpeg)('visavis measure', () => {
  test('reads a head that tilts by known angles, and the film against itself', async () => {
    const tilt = 'loop=49:1,fps=25,rotate=0.1*sin(2*PI*t)';
    ffmpeg(join(folder, 'face.png'), join(folder, 'tilts.mkv'), '-vf', tilt, '-t', '2');
    const { code, stdout } = await run(
      'measure',
      'tilts.mkv',
      '--against',
      'tilts.mkv',
      '--limit',
      '1',
      '--json',
      '-q',
    );
    expect(code).toBe(0);
    const { life, against } = JSON.parse(stdout) as FilmFigures;
    expect([life.seconds, life.found]).toEqual([1, 1]);
    const { rollDeg, browLiftCm } = life.readings;
    expect(rollDeg.spread / ((0.1 * 180) / Math.PI / Math.SQRT2)).toBeCloseTo(1, 0.7);
    expect(rollDeg.speed / 22.9).toBeCloseTo(1, 0.7);
    expect(browLiftCm.p50).toBeGreaterThan(1);
    expect(against?.rollDeg.spread).toBeCloseTo(1);
  }, 60_000);
});

describe('visavis animate', () => {
  test('writes what Live Link Face writes', async () => {
    const { code, stdout } = await run('animate', 'voice.wav', '--fps', '30', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ out: 'voice.csv', frames: 34, framesPerSecond: 30 });
    const [header, ...rows] = (await readFile(join(folder, 'voice.csv'), 'utf8')).trimEnd().split('\n');
    expect(header).toBe(LIVE_LINK_HEADER);
    expect(rows).toHaveLength(34);
    expect(rows[30]).toMatch(/^00:00:01:00\.000,61,/);
    for (const row of rows) expect(row.split(',')).toHaveLength(63);
  });

  test('gives the same motion again, from a file and from a pipe, as CSV and as JSON lines', async () => {
    const wav = await readFile(join(folder, 'voice.wav'));
    const whole = await visavis(folder, ['animate', '-', '--seed', '3'], wav, dataFolder());
    await run('animate', 'voice.wav', '--seed', '3', '--out', 'again.csv');
    expect(await readFile(join(folder, 'again.csv'), 'utf8')).toBe(whole.stdout);
    const lines = await run('animate', 'voice.wav', '--seed', '3', '--out', '-', '--json');
    const frames = lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { timeUs: number; motion: object });
    expect(frames.map(({ timeUs }) => timeUs)).toEqual(frames.map((_, index) => 40_000 * index));
    expect(Object.keys(frames[0]?.motion ?? {})).toHaveLength(58);
    const first = await run('animate', 'voice.wav', '--seed', '1', '--out', '-');
    const { stdout } = await visavis(folder, ['animate', '-'], wav, dataFolder());
    expect(new Set([first.stdout, stdout, whole.stdout]).size).toBe(3);
  });

  test.each([
    ['silence.wav', 5, ''],
    ['clipped.wav', 8, ''],
    ['short.wav', 3, ''],
    ['broken.wav', 13, 'broken.wav ends early; what is there was used.'],
  ])('takes %s', async (name, frames, warning) => {
    const { code, stdout, stderr } = await run('animate', name, '--json', '--quiet');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ frames });
    expect(stderr).toContain(warning);
  });

  test('leaves no half motion when it is interrupted', async () => {
    await writeFile(join(folder, 'hours.wav'), wavFile(16_000, babble(16_000, 120)));
    const before = await readdir(folder);
    const child = startVisavis(folder, ['animate', 'hours.wav', '--out', 'half.csv'], dataFolder());
    while (!(await readdir(folder)).some((name) => name.startsWith('.half.csv'))) await setTimeout(20);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(143);
    expect(await readdir(folder)).toEqual(before);
  }, 60_000);

  test('obeys a timeline of controls', async () => {
    await writeFile(join(folder, 'show.jsonl'), '{"atMs":500,"type":"pose","yaw":20,"pitch":0,"roll":0}\n');
    const yaws = async (...args: string[]): Promise<number[]> => {
      const { stdout } = await run('animate', 'voice.wav', '--out', '-', ...args);
      const rows = stdout.trimEnd().split('\n').slice(1);
      return rows.map((row) => Number(row.split(',')[LIVE_LINK_HEADER.split(',').indexOf('HeadYaw')]));
    };
    const [plain, posed] = [await yaws(), await yaws('--controls', 'show.jsonl')];
    expect(posed.slice(0, 12)).toEqual(plain.slice(0, 12));
    // The app's yaw is positive to the own right, a control's to the own left.
    expect((plain.at(-1) ?? 0) - (posed.at(-1) ?? 0)).toBeGreaterThan(0.1);
  });
});

describe.skipIf(!hasFfmpeg)('visavis render', () => {
  test('makes a film in which picture and sound last equally long, on time', async () => {
    const { code, stdout } = await run(
      'render',
      'face.avatar',
      'voice.wav',
      '--out',
      'film.webm',
      '--fps',
      '30',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ out: 'film.webm', frames: 34 });
    const { format, streams } = probe(join(folder, 'film.webm'));
    expect(format.format_name).toContain('webm');
    expect(Number(format.duration)).toBeCloseTo(34 / 30, 2);
    expect(streams).toMatchObject([
      { codec_name: 'vp8', width: 512, height: 512, nb_read_packets: '34' },
      { codec_name: 'opus', channels: 1, nb_read_packets: '57' },
    ]);
    const [first, ...rest] = pictures(join(folder, 'film.webm'), 64);
    expect(new Set(first).size).toBeGreaterThan(30);
    expect(rest.some((picture) => picture.some((luma, at) => Math.abs(luma - (first?.[at] ?? 0)) > 8))).toBe(true);
  }, 60_000);

  test('keeps the sound where it was, to the millisecond', async () => {
    // A sweep is like itself at one place only.
    const sweep = (rateHz: number): Float32Array =>
      Float32Array.from(
        { length: rateHz },
        (_, n) => 0.4 * Math.sin(2 * Math.PI * (200 + 600 * (n / rateHz)) * (n / rateHz)),
      );
    await writeFile(join(folder, 'sweep.wav'), wavFile(44_100, sweep(44_100)));
    await run('render', 'face.avatar', 'sweep.wav', '--size', '256', '--quiet');
    expect(lagSamples(sweep(48_000), soundOf(join(folder, 'sweep.webm')))).toBeLessThanOrEqual(48);
  }, 60_000);

  test('marks what it makes with the key of the operator', async () => {
    await writeFile(join(folder, 'five.wav'), wavFile(16_000, babble(16_000, 5)));
    await run('render', 'face.avatar', 'five.wav', '--out', 'marked.webm', '--quiet');
    const verdict = async (name: string, env: NodeJS.ProcessEnv): Promise<unknown> =>
      JSON.parse((await visavis(folder, ['detect', name, '--json'], undefined, env)).stdout);
    expect(await verdict('marked.webm', dataFolder())).toMatchObject({ marked: true });
    const barred = 'scale=360:360,pad=640:360:140:0';
    ffmpeg(join(folder, 'marked.webm'), join(folder, 'barred.webm'), '-vf', barred, '-b:v', '300k');
    expect(await verdict('barred.webm', dataFolder())).toMatchObject({ marked: true });
    ffmpeg(join(folder, 'marked.webm'), join(folder, 'moment.webm'), '-t', '1');
    expect((await run('detect', 'moment.webm')).stdout).toMatch(/too short to find the mark/);
    const other = { VISAVIS_DATA_DIR: join(folder, '.other') };
    expect((await visavis(folder, ['detect', 'marked.webm'], undefined, other)).stderr).toMatch(/there is no key/);
    await visavis(folder, ['render', 'face.avatar', 'short.wav', '--quiet', '--out', 'other.webm'], undefined, other);
    expect(await verdict('marked.webm', other)).toMatchObject({ marked: false });
  }, 300_000);

  test('signs what it makes, and detect tells a changed film from the one that was made', async () => {
    const verdict = async (...args: string[]): Promise<{ statement: { result: string; claims?: object } }> =>
      JSON.parse((await run('detect', ...args, '--json')).stdout) as { statement: { result: string } };
    await run('render', 'face.avatar', 'voice.wav', '--out', 'signed.webm', '--size', '256', '--quiet');
    const claims = { kind: 'recording', synthetic: true, consentText: 'for this test' };
    expect((await verdict('signed.webm')).statement).toMatchObject({ result: 'verified', claims });
    expect(probe(join(folder, 'signed.webm')).format.tags).toMatchObject({
      COMMENT: expect.stringContaining('AI-generated') as string,
      VISAVIS_PROVENANCE: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
    });
    // The same pictures and sound in another file keep it, other pictures lose it.
    ffmpeg(join(folder, 'signed.webm'), join(folder, 'copied.mkv'), '-c', 'copy');
    expect((await verdict('copied.mkv')).statement.result).toBe('verified');
    ffmpeg(join(folder, 'signed.webm'), join(folder, 'recoded.webm'), '-b:v', '300k');
    expect((await verdict('recoded.webm')).statement.result).toBe('altered');
    const bytes = await readFile(join(folder, 'signed.webm'));
    const at = bytes.indexOf('VISAVIS_PROVENANCE') + 100;
    bytes[at] = bytes[at] === 65 ? 66 : 65;
    await writeFile(join(folder, 'forged.webm'), bytes);
    expect(['forged', 'other-key']).toContain((await verdict('forged.webm')).statement.result);

    // Whoever has only the public key checks the statement with that.
    const keys = JSON.parse(await readFile(join(folder, '.var/keys.json'), 'utf8')) as { provenanceKey: object };
    await writeFile(join(folder, 'key.json'), JSON.stringify({ ...keys.provenanceKey, d: undefined }));
    const elsewhere = { VISAVIS_DATA_DIR: join(folder, '.nothing') };
    const told = await visavis(folder, ['detect', 'signed.webm', '--key', 'key.json'], undefined, elsewhere);
    expect(told.stdout).toMatch(/^signed\.webm is signed: synthetic, made .*"for this test"\n$/);
  }, 180_000);

  test('makes a film straight from a portrait and a compressed sound', async () => {
    ffmpeg(join(folder, 'voice.wav'), join(folder, 'voice.mp3'));
    const { code, stderr } = await run('render', 'face.png', 'voice.mp3', '--size', '256', '--quiet');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(probe(join(folder, 'voice.webm')).streams).toMatchObject([
      { width: 256, height: 256 },
      { codec_name: 'opus' },
    ]);
  }, 60_000);

  test('draws given motion, with and without sound', async () => {
    const row = (frame: number): string => `00:00:0${Math.floor(frame / 25)}:${frame % 25},61,${'0,'.repeat(60)}0`;
    await writeFile(
      join(folder, 'take.csv'),
      [LIVE_LINK_HEADER, ...Array.from({ length: 30 }, (_, n) => row(n))].join('\n'),
    );
    expect((await run('render', 'face.avatar', '--motion', 'take.csv', '--size', '256')).code).toBe(0);
    expect(probe(join(folder, 'take.webm')).streams).toMatchObject([{ codec_name: 'vp8', nb_read_packets: '30' }]);
    const args = ['--motion', 'take.csv', '--out', 'both.webm', '--size', '256'];
    expect((await run('render', 'face.avatar', 'voice.wav', ...args)).code).toBe(0);
    expect(probe(join(folder, 'both.webm')).streams).toMatchObject([{ nb_read_packets: '29' }, { codec_name: 'opus' }]);
  }, 60_000);

  test('writes pictures, on a ground of any colour', async () => {
    const args = ['--frames', 'pictures', '--size', '256', '--background', '#00ff00'];
    expect((await run('render', 'face.avatar', 'short.wav', ...args)).code).toBe(0);
    expect(await readdir(join(folder, 'pictures'))).toEqual([
      'frame-000001.png',
      'frame-000002.png',
      'frame-000003.png',
    ]);
    const { streams } = probe(join(folder, 'pictures/frame-000001.png'));
    expect(streams).toMatchObject([{ codec_name: 'png', width: 256, height: 256 }]);
  }, 60_000);

  test('writes a film to a pipe', async () => {
    const child = startVisavis(
      folder,
      ['render', 'face.avatar', 'short.wav', '--size', '256', '--out', '-', '--quiet'],
      dataFolder(),
    );
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    await once(child, 'close');
    await writeFile(join(folder, 'piped.webm'), Buffer.concat(pieces));
    expect(probe(join(folder, 'piped.webm')).streams).toMatchObject([{ nb_read_packets: '3' }, { codec_name: 'opus' }]);
    const { stdout } = await run('detect', 'piped.webm', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ statement: { result: 'verified' } });
  }, 60_000);

  test.each([
    ['animate', 'voice.wav', '--out', '-'],
    ['render', 'face.avatar', 'voice.wav', '--size', '256', '--out', '-', '--quiet'],
  ])(
    '%s ends in order when nobody reads on',
    async (...args) => {
      const child = startVisavis(folder, args, dataFolder());
      let said = '';
      child.stderr.on('data', (text: Buffer) => (said += text.toString()));
      child.stdout.once('data', () => child.stdout.destroy());
      const ended = (await once(child, 'close')) as [number | null, string | null];
      expect([...ended, said]).toEqual([0, null, '']);
    },
    60_000,
  );

  test('leaves no half film when it is interrupted', async () => {
    await writeFile(join(folder, 'long.wav'), wavFile(16_000, babble(16_000, 60)));
    const before = await readdir(folder);
    const child = startVisavis(folder, ['render', 'face.avatar', 'long.wav', '--out', 'half.webm'], dataFolder());
    while (!(await readdir(folder)).some((name) => name.startsWith('.half.webm'))) await setTimeout(50);
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(130);
    expect(await readdir(folder)).toEqual(before);
  }, 60_000);
});

test('visavis evaluate measures a sound, and its closures by labels beside it', async () => {
  const tier = '"IntervalTier"\n"phones"\n0\n1\n2\n0.2\n0.3\n"M"\n0.3\n0.8\n"AA1"\n';
  await writeFile(
    join(folder, 'voice.TextGrid'),
    `File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n1\n<exists>\n1\n${tier}`,
  );
  const { code, stdout } = await run('evaluate', 'voice.wav', '--json');
  expect(code).toBe(0);
  const figures = JSON.parse(stdout) as { on: string; what: string; value: number | null }[];
  expect(figures.every(({ on }) => on === 'voice.wav')).toBe(true);
  const whats = figures.map(({ what }) => what);
  expect(whats).toEqual(
    expect.arrayContaining(['closed at p b m', 'closed in open vowels', 'blinks', 'head jerk', 'speed']),
  );
  const table = await run('evaluate', 'voice.wav');
  expect(table.stdout).toMatch(/^on +what +figure +goal +reached\n/);
}, 60_000);

test('visavis models and doctor look at what is here', async () => {
  const models = await run('models', '--json');
  expect(models.code).toBe(0);
  expect(JSON.parse(models.stdout)).toMatchObject([{ ok: true, name: 'visavis-motion-1' }]);
  const env = { PORT: '0', ...dataFolder() };
  const doctor = await visavis(folder, ['doctor', '--json'], undefined, env);
  expect(doctor.code).toBe(0);
  const findings = JSON.parse(doctor.stdout) as { what: string; health: string }[];
  expect(findings.filter(({ health }) => health === 'failure')).toEqual([]);
  expect(findings.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['VP8 encoder', 'motion model', 'cores', 'TURN']),
  );
  const broken = await visavis(folder, ['doctor'], undefined, { ...env, VISAVIS_TURN_URLS: 'turn:127.0.0.1:9' });
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/FAIL +settings +.*VISAVIS_TURN_SECRET/);
}, 60_000);

/** @returns by how many samples `heard` is away from `said`, within 50 ms, where they are most alike. */
function lagSamples(said: Float32Array, heard: Float32Array): number {
  let best = { lag: 0, likeness: -Infinity };
  for (let lag = -2400; lag <= 2400; lag++) {
    let likeness = 0;
    for (let n = 4800; n < said.length - 4800; n += 3) likeness += said[n]! * (heard[n + lag] ?? 0);
    if (likeness > best.likeness) best = { lag, likeness };
  }
  return Math.abs(best.lag);
}
