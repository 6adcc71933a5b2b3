/**
 * How alike the perceptual hashes of portraits are: of different ones, and of one that was changed as people change
 * pictures. The kill switch rests on the gap between the two. `npx tsx bench/likeness.ts FOLDER [--every N]`
 * changes each N-th portrait (3 by default) in all ways; a portrait takes about a second.
 */
import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../src/base/errors.ts';
import { likenessOf, similarity } from '../src/media/portrait/likeness.ts';
import { PortraitAnalyser } from '../src/native/model/portrait-analyser.ts';

/** What people do to pictures, as filters of ffmpeg. */
const CHANGES: Readonly<Record<string, string>> = {
  scaled: 'scale=iw*0.6:-1',
  brighter: 'eq=brightness=0.08:saturation=0.7',
  cut: 'crop=iw*0.88:ih*0.88',
  framed: 'pad=iw*1.5:ih*1.4:iw*0.2:ih*0.2:0x222244',
  turned: 'rotate=3*PI/180:fillcolor=gray',
  mirrored: 'hflip',
};

function changedBy(filter: string, path: string): Uint8Array {
  const jpeg = ['-frames:v', '1', '-q:v', '8', '-f', 'image2pipe', '-c:v', 'mjpeg', '-'];
  const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-i', path, '-vf', filter, ...jpeg]);
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

const args = process.argv.slice(2);
const everyAt = args.indexOf('--every');
const every = everyAt < 0 ? 3 : Number(args[everyAt + 1]);
const folder = args.find((_, at) => everyAt < 0 || (at !== everyAt && at !== everyAt + 1));
if (folder === undefined) throw new Error('Name a folder of portraits');

const analyser = await PortraitAnalyser.open();
const likeness = async (bytes: Uint8Array): Promise<string> => {
  const { landmarks, rgba, sizePx } = await analyser.analyse(bytes);
  return likenessOf({ widthPx: sizePx, heightPx: sizePx, rgba }, landmarks);
};

const known = new Map<string, string>();
const changed = new Map<string, number[]>();
for (const name of (await readdir(folder)).filter((each) => /\.(jpe?g|png|webp|avif)$/.test(each))) {
  const bytes = await readFile(join(folder, name));
  try {
    const original = await likeness(bytes);
    known.set(name, original);
    if (known.size % every !== 1 && every > 1) continue;
    for (const [change, filter] of Object.entries(CHANGES)) {
      const found = similarity(original, await likeness(changedBy(filter, join(folder, name))));
      changed.set(change, [...(changed.get(change) ?? []), found]);
    }
  } catch (thrown) {
    console.log(`${name}: ${messageOf(thrown)}`);
  }
}
await analyser.close();

const pairs = [...known].flatMap(([name, one], at) =>
  [...known].slice(at + 1).map(([other, two]) => ({ pair: `${name} and ${other}`, alike: similarity(one, two) })),
);
console.log(`${known.size} portraits, ${pairs.length} pairs; the most alike:`);
for (const { pair, alike } of pairs.sort((a, b) => b.alike - a.alike).slice(0, 30)) {
  console.log(`  ${alike.toFixed(3)}  ${pair}`);
}
console.log('the same portrait, changed: lowest and median');
for (const [change, values] of changed) {
  const sorted = values.toSorted((a, b) => a - b);
  console.log(`  ${change.padEnd(10)} ${sorted[0]?.toFixed(3)}  ${sorted[sorted.length >> 1]?.toFixed(3)}`);
}
