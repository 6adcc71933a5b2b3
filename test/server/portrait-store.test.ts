import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { AuditLog } from '../../src/server/audit-log.ts';
import { BlockList } from '../../src/server/block-list.ts';
import { FirstPortrait } from '../../src/server/first-portrait.ts';
import { sha256Of } from '../../src/server/portrait-files.ts';
import { writePrepared } from '../../src/server/prepared-portraits.ts';
import { PortraitStore, type PortraitStoreOptions } from '../../src/server/portrait-store.ts';
import { fakeEnroller } from '../support/test-host.ts';

const OWNER = 'owner-key-of-a-browser';
const DAY_MS = 86_400_000;

let root: string;
let now = new Date('2026-06-01T00:00:00Z');
let enrolled: { readonly image: string; readonly owner: string | undefined }[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'visavis-'));
  now = new Date('2026-06-01T00:00:00Z');
  enrolled = [];
  await mkdir(join(root, 'built-in'));
  const builtIn = { id: 'astronaut', file: 'a.png', name: 'A', credit: 'C', consent: 'public domain' };
  await writeFile(join(root, 'built-in', 'portraits.json'), JSON.stringify([builtIn]));
  await writeFile(join(root, 'built-in', 'a.png'), 'a face');
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function open(options: Partial<PortraitStoreOptions> = {}): Promise<PortraitStore> {
  const blocks = await BlockList.open({ folder: join(root, 'blocks'), log: silentLogger });
  blocks.close();
  const store = await PortraitStore.open({
    folder: join(root, 'portraits'),
    quarantineFolder: join(root, 'quarantine'),
    builtInFolder: join(root, 'built-in'),
    preparedFolder: join(root, 'prepared'),
    enroller: {
      version: 'fake 1',
      enrol: async (image, consent, { owner } = {}) => {
        enrolled.push({ image: Buffer.from(image).toString(), owner });
        return fakeEnroller.enrol(image, consent);
      },
    },
    audit: new AuditLog(join(root, 'audit.log')),
    blocks,
    log: silentLogger,
    now: () => now,
    limit: 100,
    limitPerOwner: 5,
    diskBudgetBytes: 1_000_000,
    ...options,
  });
  await store.ready();
  return store;
}

async function add(store: PortraitStore, image: string, ownerKey = OWNER, from = 'here'): Promise<string> {
  const upload = { image: Buffer.from(image), name: image, consent: 'mine', scope: 'live-call', ownerKey, from };
  return (await store.add(upload)).id;
}

test.each([
  ['cut off', '{"id":'],
  ['another’s', '{"id":"somebody"}'],
  ['without a date', JSON.stringify({ id: 'p-1', name: 'x', sha256: '0'.repeat(64), builtIn: false })],
  ['of another kind', '[]'],
])('one record that is %s goes to quarantine, and the list goes on', async (_, text) => {
  const id = await add(await open(), 'my face');
  await mkdir(join(root, 'portraits', 'p-1'));
  await writeFile(join(root, 'portraits', 'p-1', 'record.json'), text);
  const store = await open();
  expect(store.list(OWNER).map((record) => record.id)).toEqual(['astronaut', id]);
  expect(await readdir(join(root, 'portraits'))).not.toContain('p-1');
  expect((await readdir(join(root, 'quarantine')))[0]).toMatch(/^p-1-/);
});

test('a portrait that set-up has enrolled is taken as it is, with its preview, and made anew once its picture or version is another', async () => {
  const from = { version: 'fake 1', sha256: sha256Of(Buffer.from('a face')) };
  const consent = { text: 'public domain', scope: 'live-call', time: '2026-05-01T00:00:00Z' };
  const thumbnail = { mediaType: 'image/jpeg', bytes: Buffer.from('small') };
  const prepared = { consent, enrolled: { avatar: Buffer.from('prepared'), thumbnail } };
  const write = (made: typeof from): Promise<void> =>
    writePrepared(join(root, 'prepared'), 'astronaut', made, prepared, Buffer.from('moving'));
  await write({ ...from, version: 'fake 0' });
  expect(Buffer.from(await (await open()).load('astronaut')).toString()).not.toBe('prepared');
  expect(enrolled).toHaveLength(1);
  await rm(join(root, 'portraits'), { recursive: true });
  await write(from);
  const store = await open();
  expect(Buffer.from(await store.load('astronaut')).toString()).toBe('prepared');
  expect(store.record('astronaut').consent).toEqual(consent);
  expect((await store.thumbnail('astronaut')).bytes).toEqual(thumbnail.bytes);
  expect(Buffer.from((await store.preview('astronaut')) ?? []).toString()).toBe('moving');
  expect(enrolled).toHaveLength(1);
  expect(await store.preview(await add(store, 'my face'))).toBeUndefined();
});

test('a prepared portrait whose file is damaged is enrolled here', async () => {
  const from = { version: 'fake 1', sha256: sha256Of(Buffer.from('a face')) };
  const consent = { text: 'public domain', scope: 'live-call', time: '2026-05-01T00:00:00Z' };
  const thumbnail = { mediaType: 'image/jpeg', bytes: Buffer.from('small') };
  const made = { consent, enrolled: { avatar: Buffer.from('prepared'), thumbnail } };
  await writePrepared(join(root, 'prepared'), 'astronaut', from, made, Buffer.from('moving'));
  await truncate(join(root, 'prepared', 'astronaut', 'face.avatar'), 2);
  await open();
  expect(enrolled).toHaveLength(1);
});

test('pages begin with different portraits of the program, which are made ready one at a time', async () => {
  const second = { id: 'drawn', file: 'a.png', name: 'B', credit: 'C', consent: 'drawn' };
  const first = { id: 'astronaut', file: 'a.png', name: 'A', credit: 'C', consent: 'public domain' };
  await writeFile(join(root, 'built-in', 'portraits.json'), JSON.stringify([first, second]));
  const portraits = await open();
  await expect.poll(() => portraits.arriving).toBe(0);
  await add(portraits, 'somebody’s own');
  const prepared: string[] = [];
  const shares = [0, 0.99, 0.2];
  let nowMs = 0;
  let finish = (): void => undefined;
  const next = new FirstPortrait({
    portraits,
    prepare: (id) => {
      prepared.push(id);
      return new Promise((done) => {
        finish = done;
      });
    },
    random: () => shares.shift() ?? 0,
    nowMs: () => nowMs,
  });
  expect([next.next(), next.next(), next.next()]).toEqual(['astronaut', 'drawn', 'astronaut']);
  expect(prepared).toEqual(['astronaut']);
  // It took 200 ms: pages that come in the 1.8 s after it cost the threads nothing.
  nowMs = 200;
  finish();
  await Promise.resolve();
  await Promise.resolve();
  nowMs = 1999;
  next.next();
  expect(prepared).toHaveLength(1);
  nowMs = 2000;
  next.next();
  expect(prepared).toHaveLength(2);
});

test('a portrait of the program whose file is cut off is made again', async () => {
  await open();
  await truncate(join(root, 'portraits', 'astronaut', 'face.avatar'), 2);
  const store = await open();
  expect(enrolled.map(({ image }) => image)).toEqual(['a face', 'a face']);
  expect(Buffer.from(await store.load('astronaut')).toString()).toBe('a face');
  await open();
  expect(enrolled).toHaveLength(2);
});

test('an upload whose file is cut off is refused with a message, and spares the others', async () => {
  const first = await open();
  const [id, other] = [await add(first, 'my face'), await add(first, 'other face')];
  await truncate(join(root, 'portraits', id, 'face.avatar'), 2);
  const store = await open();
  await expect(store.load(id, OWNER)).rejects.toMatchObject({ code: 'AVATAR_CORRUPT' });
  expect(store.list(OWNER).map((record) => record.id)).toEqual(['astronaut', other]);
  expect(Buffer.from(await store.load(other, OWNER)).toString()).toBe('other face');
});

test('what a process leaves half done when it is killed is gone after a while, a draft at work is not', async () => {
  await open();
  const folder = join(root, 'portraits');
  for (const name of ['.p-old-1', '.p-new-1']) await mkdir(join(folder, name));
  const old = new Date(now.getTime() - 2 * 3_600_000);
  await utimes(join(folder, '.p-old-1'), old, old);
  await utimes(join(folder, '.p-new-1'), now, now);
  await open();
  expect((await readdir(folder)).sort()).toEqual(['.p-new-1', 'astronaut']);
});

test('avatars leave memory after their last use, and come back from the disk', async () => {
  const store = await open({ limitPerOwner: 100 });
  const ids: string[] = [];
  for (let at = 0; at < 30; at++) ids.push(await add(store, `face ${at}`));
  for (const id of ids) await store.load(id, OWNER);
  expect(store.keptAvatars).toBeLessThanOrEqual(16);
  expect(Buffer.from(await store.load(ids[0]!, OWNER)).toString()).toBe('face 0');
});

test('nobody keeps more portraits than they may, and uploads no more than fit the disk', async () => {
  const store = await open({ limitPerOwner: 2, diskBudgetBytes: 1 });
  await add(store, 'one');
  await expect(add(store, 'two')).rejects.toThrow(/space for uploads on this server is full/);
  const roomy = await open({ limitPerOwner: 1 });
  await expect(add(roomy, 'two')).rejects.toThrow(/more than 1 portraits of yours/);
  expect(await add(roomy, 'three', 'another-browsers-key')).toMatch(/^p-/);
});

test('enrolment is told who uploads, so that they can take turns', async () => {
  await add(await open(), 'my face', OWNER, '203.0.113.7');
  expect(enrolled.at(-1)).toEqual({ image: 'my face', owner: '203.0.113.7' });
});

test.each(['portraits', 'audit.log'])(
  'what cannot be saved in %s is refused with a message, and nothing is kept',
  async (full) => {
    const store = await open();
    // Something else in its place: every write fails, as on a full disk.
    await rm(join(root, full), { recursive: true });
    if (full === 'portraits') await writeFile(join(root, full), '');
    else await mkdir(join(root, full));
    await expect(add(store, 'my face')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(store.list(OWNER).map(({ id }) => id)).toEqual(['astronaut']);
    await rm(join(root, full), { recursive: true });
    await add(store, 'my face');
    expect((await open()).list(OWNER)).toHaveLength(2);
  },
);

test('uploads that nobody uses are deleted, a few at a time, and those that are used stay', async () => {
  const store = await open();
  const [used, one, two] = [await add(store, 'a'), await add(store, 'b'), await add(store, 'c')];
  for (const id of [one, two, used]) {
    await utimes(join(root, 'portraits', id, 'face.avatar'), now, now);
  }
  now = new Date(now.getTime() + 100 * DAY_MS);
  await store.load(used, OWNER);
  const before = new Date(now.getTime() - 90 * DAY_MS);
  // A clock that jumps by years makes everything old: it does not empty the store at once.
  expect(await store.deleteUnused(before, 1)).toBe(1);
  expect(await store.deleteUnused(before, 5)).toBe(1);
  expect(store.list(OWNER).map(({ id }) => id)).toEqual(['astronaut', used]);
  expect(await readFile(join(root, 'audit.log'), 'utf8')).toContain(`"event":"deleted","portraitId":"${one}"`);
});
