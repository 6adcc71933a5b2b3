import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { BlockList, importBlocks } from '../../src/server/block-list.ts';

const hash = (digit: number): string => digit.toString(16).padStart(64, '0');

let root: string;
let folder: string;
const open: BlockList[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'visavis-'));
  folder = join(root, 'blocks');
});

afterEach(async () => {
  for (const list of open.splice(0)) list.close();
  await rm(root, { recursive: true, force: true });
});

async function openList(): Promise<BlockList> {
  const list = await BlockList.open({ folder, log: silentLogger, pollMs: 20 });
  open.push(list);
  return list;
}

/** @returns a promise for the next change that comes from elsewhere. */
function changeOf(list: BlockList): Promise<void> {
  return new Promise((resolve) => {
    list.onChange(resolve);
  });
}

test('thirty blocks at once are all saved', async () => {
  const list = await openList();
  const hashes = Array.from({ length: 30 }, (_, at) => hash(at));
  await Promise.all(hashes.map((sha256) => list.add(sha256, { reason: 'x' })));
  const again = await openList();
  expect(hashes.every((sha256) => again.has(sha256))).toBe(true);
  expect(await readdir(folder)).toHaveLength(30);
});

test('two processes on one folder see each other’s blocks and keep both', async () => {
  const [one, other] = [await openList(), await openList()];
  const changed = changeOf(other);
  await Promise.all([one.add(hash(1), { reason: 'one' }), other.add(hash(2), { reason: 'other' })]);
  await changed;
  expect(other.has(hash(1))).toBe(true);
  const unblocked = changeOf(other);
  await one.delete(hash(1));
  await unblocked;
  expect(other.has(hash(1))).toBe(false);
  const again = await openList();
  expect(again.entries()).toEqual([{ sha256: hash(2), reason: 'other', isSaved: true }]);
});

test('a block that cannot be saved holds all the same, and is saved as soon as that works', async () => {
  const list = await openList();
  await rm(folder, { recursive: true });
  // Where the folder was is a file: every attempt to write a block fails.
  await writeFile(folder, '');
  const adding = list.add(hash(1), { reason: 'x' });
  expect(list.has(hash(1))).toBe(true);
  await expect(adding).rejects.toThrow(/EEXIST|ENOTDIR/);
  expect(list.entries()).toMatchObject([{ isSaved: false }]);
  await rm(folder);
  await mkdir(folder);
  while (!list.entries()[0]?.isSaved) await new Promise((later) => setTimeout(later, 10));
  expect((await openList()).has(hash(1))).toBe(true);
});

test('a damaged block still blocks', async () => {
  const list = await openList();
  await list.add(hash(1), { reason: 'x' });
  await writeFile(join(folder, `${hash(1)}.json`), '{"rea');
  expect((await openList()).has(hash(1))).toBe(true);
});

test('the single file of older versions is taken over once, and a damaged one stops the start', async () => {
  const path = join(root, 'blocked.json');
  await writeFile(path, JSON.stringify({ [hash(7)]: 'old' }));
  await importBlocks(path, await openList());
  expect((await openList()).entries()).toMatchObject([{ sha256: hash(7), reason: 'old' }]);
  expect(await readdir(root)).toEqual(['blocked.json.imported', 'blocks']);
  await writeFile(path, '{"trunc');
  await expect(importBlocks(path, await openList())).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
