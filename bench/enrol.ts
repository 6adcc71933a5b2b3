/**
 * Time and size of enrolment by stage, on one core, and of loading. `npx tsx bench/enrol.ts [--runs N] PORTRAIT...`
 * CPU time is what a core works; wall time includes waiting for others.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { unpackAppearance } from '../src/native/codec/appearance-file.ts';
import { MeshCodec } from '../src/native/raster/mesh-codec.ts';
import { PortraitEnroller } from '../src/native/worker/enrol-portrait.ts';

const CONSENT = { text: 'Measured by the bench', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };

interface Span {
  readonly cpuMs: number;
  readonly wallMs: number;
}

function stopwatch(): () => Span {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpuMs: (user + system) / 1000, wallMs: performance.now() - wall };
  };
}

const show = ({ cpuMs, wallMs }: Span): string => `${cpuMs.toFixed(0)} (${wallMs.toFixed(0)})`.padStart(13);

const args = process.argv.slice(2);
const runsAt = args.indexOf('--runs');
const runs = runsAt < 0 ? 2 : Number(args[runsAt + 1]);
const portraits = args.filter((_, index) => runsAt < 0 || (index !== runsAt && index !== runsAt + 1));

const starting = stopwatch();
const enroller = await PortraitEnroller.open();
console.log(`networks opened: ${show(starting())} ms CPU (wall)`);
for (const portrait of portraits) {
  const image = await readFile(portrait);
  for (let run = 0; run < runs; run++) {
    const stages = new Map<string, Span>();
    const whole = stopwatch();
    let stage = '';
    let since = stopwatch();
    const { avatar } = await enroller.enrol(image, CONSENT, {
      onProgress: (progress) => {
        if (stage !== '') stages.set(stage, since());
        ({ stage } = progress);
        since = stopwatch();
      },
    });
    stages.set(stage, since());
    const total = whole();
    const loading = stopwatch();
    const { appearance } = await unpackAppearance(avatar);
    const load = loading();
    const opening = stopwatch();
    const decoder = await new MeshCodec().open(avatar, { sizePx: 512, background: 'portrait', badge: true, seed: 1 });
    const open = opening();
    decoder.close();
    let heldBytes = 0;
    for (const { pixels } of Object.values(appearance.images)) heldBytes += pixels.length;
    for (const values of Object.values<ArrayBufferView>({ ...appearance.arrays })) heldBytes += values.byteLength;
    console.log(`${basename(portrait)}, run ${run + 1}: ms CPU (wall)`);
    for (const [name, span] of stages) console.log(`  ${name.padEnd(10)} ${show(span)}`);
    console.log(`  ${'all'.padEnd(10)} ${show(total)}`);
    console.log(`  ${'load'.padEnd(10)} ${show(load)}`);
    console.log(`  ${'open'.padEnd(10)} ${show(open)}, loading and layers at 512`);
    console.log(
      `  file ${(avatar.length / 1e6).toFixed(2)} MB, in memory ${(heldBytes / 1e6).toFixed(1)} MB before mip levels`,
    );
  }
}
await enroller.close();
