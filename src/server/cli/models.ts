import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AvatarError, messageOf } from '../../base/errors.ts';
import { algorithmicLatencyUs, type MotionManifest } from '../../media/motion/manifest.ts';
import { readManifest, readVerified } from '../../native/model/bundle.ts';
import { configOf, type Settings } from './settings.ts';

export interface ModelsFlags {
  readonly json?: boolean;
}

export interface VerifiedBundle {
  readonly folder: string;
  readonly name: string;
  readonly licence: string;
  readonly bytes: number;
  readonly framesPerSecond: number;
  readonly latencyMs: number;
}

type Verdict =
  ({ readonly ok: true } & VerifiedBundle) | { readonly ok: false; readonly folder: string; readonly problem: string };

/** Lists bundles. @throws AvatarError `BUNDLE_INCOMPLETE` when one is not what it says, or there is none. */
export async function models(folder: string | undefined, flags: ModelsFlags, settings: Settings): Promise<void> {
  const verdicts = await verdictsOf(folder ?? dirname(configOf(settings).motionBundle));
  if (flags.json === true) process.stdout.write(`${JSON.stringify(verdicts)}\n`);
  else for (const verdict of verdicts) process.stdout.write(`${lineOf(verdict)}\n`);
  const broken = verdicts.filter(({ ok }) => !ok).length;
  if (broken > 0) throw new AvatarError('BUNDLE_INCOMPLETE', `${broken} of ${verdicts.length} bundles cannot be used.`);
}

/** Reads the manifest and every graph of a bundle. @throws AvatarError any `BUNDLE_…` code. */
export async function verifyBundle(folder: string): Promise<VerifiedBundle> {
  const { motion, graphs, vectors } = await readManifest(folder);
  const files = [...Object.values(graphs).flatMap((graph) => Object.values(graph)), vectors];
  for (const file of files) await readVerified(folder, file);
  return describe(
    folder,
    motion,
    files.reduce((sum, { bytes }) => sum + bytes, 0),
  );
}

async function verdictsOf(folder: string): Promise<Verdict[]> {
  const bundles = await foldersIn(folder);
  if (bundles.length === 0) {
    throw new AvatarError(
      'BUNDLE_INCOMPLETE',
      `Cannot find a bundle in ${folder}: no folder there has a manifest.json.`,
    );
  }
  return Promise.all(
    bundles.map(async (bundle): Promise<Verdict> => {
      try {
        return { ok: true, ...(await verifyBundle(bundle)) };
      } catch (thrown) {
        return { ok: false, folder: bundle, problem: messageOf(thrown) };
      }
    }),
  );
}

/** Folders with a manifest: those inside `folder`, or itself. */
async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    if (entries.some(({ name }) => name === 'manifest.json')) return [folder];
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
    const withManifest = await Promise.all(
      folders.map(async (each) => ((await readdir(each)).includes('manifest.json') ? [each] : [])),
    );
    return withManifest.flat().sort();
  } catch (thrown) {
    throw new AvatarError('BUNDLE_INCOMPLETE', `Cannot list ${folder}: ${messageOf(thrown)}.`, { cause: thrown });
  }
}

function describe(folder: string, motion: MotionManifest, bytes: number): VerifiedBundle {
  const { name, licence } = motion;
  const latencyMs = algorithmicLatencyUs(motion) / 1000;
  return { folder, name, licence, bytes, framesPerSecond: motion.motion.framesPerSecond, latencyMs };
}

function lineOf(verdict: Verdict): string {
  if (!verdict.ok) return `FAIL  ${basename(verdict.folder)}: ${verdict.problem}`;
  const { name, licence, bytes, framesPerSecond, latencyMs } = verdict;
  const size = (bytes / 1e6).toFixed(1);
  return `ok    ${name}  ${licence}  ${size} MB  ${framesPerSecond} frames/s  ${latencyMs} ms latency  ${verdict.folder}`;
}
