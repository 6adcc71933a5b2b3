import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Where each outside library may be imported. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  '@livekit/protocol': ['src/server/livekit/'],
  'cli-progress': ['src/server/cli/'],
  commander: ['src/server/cli/'],
  express: ['src/server/'],
  'express-rate-limit': ['src/server/'],
  helmet: ['src/server/'],
  jose: ['signaling/', 'src/server/', 'web/'],
  'libopus-wasm': ['client/node/', 'src/native/codec/'],
  'node:worker_threads': ['src/native/worker/', 'bench/'],
  mediabunny: ['src/native/codec/film-reader.ts'],
  'onnxruntime-node': ['src/native/model/onnx-session.ts'],
  'opus-decoder': ['src/native/codec/'],
  pino: ['src/server/logger.ts'],
  'prom-client': ['src/server/metrics.ts'],
  'csv-parse': ['src/media/motion/live-link-reader.ts', 'src/server/cli/batch-list.ts'],
  sharp: ['src/native/codec/backdrop.ts', 'src/native/codec/image.ts'],
  'webm-muxer': ['src/native/codec/'],
  werift: ['client/node/', 'src/peer/rtc/', 'bench/support/'],
  ws: ['client/node/', 'src/peer/signaling-client.ts', 'signaling/', 'src/server/', 'bench/'],
  zod: ['client/incoming.ts', 'protocol/', 'signaling/', 'src/native/model/', 'src/server/'],
};

/** Files at the root of media/ where its stages meet; the others there are contracts, which every stage may take. */
const MEETINGS: readonly string[] = ['src/media/motion-stream.ts', 'src/media/pipeline.ts'];

/** What one top-level folder may take from another. */
const CROSSINGS: readonly (readonly [from: string, to: string])[] = [
  ['bench/', 'client/'],
  ['bench/', 'protocol/'],
  ['bench/', 'src/'],
  ['bench/', 'signaling/'],
  ['bench/', 'web/'],
  ['client/', 'protocol/'],
  ['signaling/', 'protocol/'],
  ['signaling/', 'src/base/'],
  ['src/media/', 'protocol/'],
  ['src/peer/', 'protocol/'],
  ['src/server/', 'protocol/'],
  ['web/', 'client/'],
  ['web/', 'protocol/'],
  // The server embeds signaling unless it is told to run without.
  ['src/server/', 'signaling/'],
];

/** @returns why the file at `path` may not import `specifier`, both paths from the repository's root. */
function refusal(path: string, specifier: string): string | undefined {
  const [top = '', layer = '', part = ''] = path.split('/');
  if (!specifier.startsWith('.')) {
    const library = specifier.startsWith('@') ? specifier : (specifier.split('/')[0] ?? '');
    const homes = HOMES[specifier] ?? HOMES[library];
    if (homes !== undefined && !homes.some((home) => path.startsWith(home))) {
      return `${specifier} lives in ${homes.join(', ')}`;
    }
    const pure = top === 'src' && (layer === 'base' || layer === 'media');
    return pure && homes === undefined ? `${layer}/ is pure` : undefined;
  }
  const target = relative(ROOT, resolve(ROOT, dirname(path), specifier))
    .split(sep)
    .join('/');
  const [toTop = '', toLayer = '', toPart = ''] = target.split('/');
  if (toTop !== top) {
    const crosses = CROSSINGS.some(([from, to]) => path.startsWith(from) && target.startsWith(to));
    return crosses ? undefined : `${top}/ takes nothing from ${target}`;
  }
  if (top !== 'src') return undefined;
  if (toLayer > layer) return `${toLayer}/ sorts after ${layer}/`;
  if (toLayer < layer) return undefined;
  // A file at the root of a layer is where its parts meet; the contracts of media/ are files at its root too.
  const atRoot = part.endsWith('.ts');
  const toRoot = toPart.endsWith('.ts');
  if (atRoot || part === toPart) return undefined;
  if (layer === 'media')
    return toRoot && !MEETINGS.includes(target) ? undefined : 'stages of media/ meet only in files at its root';
  if (layer === 'peer') return toRoot ? `${layer}/${part}/ is below the files at its root` : undefined;
  return layer === 'native' && toPart > part ? `${layer}/${toPart} sorts after ${layer}/${part}` : undefined;
}

/** @returns what a file imports, types and `import()` included. */
function specifiersOf(source: string): string[] {
  const code = source.replaceAll(/^\s*(?:\/\/|\*).*$/gm, '');
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
}

function refusals(path: string, source: string): string[] {
  return specifiersOf(source).flatMap((specifier) => {
    const why = refusal(path, specifier);
    return why === undefined ? [] : [`${path} imports ${specifier}: ${why}`];
  });
}

/** @returns files that import each other in a circle, each circle from the file where it was entered. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const follow = (path: string, way: readonly string[]): void => {
    const before = way.indexOf(path);
    if (before >= 0) found.push(way.slice(before));
    if (before >= 0 || done.has(path)) return;
    for (const next of imports.get(path) ?? []) follow(next, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) follow(path, []);
  return found;
}

const sources = new Map(
  ['bench', 'client', 'extension', 'protocol', 'signaling', 'src', 'web']
    .flatMap((top) =>
      readdirSync(resolve(ROOT, top), { recursive: true, encoding: 'utf8' }).map((path) => `${top}/${path}`),
    )
    .filter((path) => path.endsWith('.ts') && !path.startsWith('src/native/raster/assembly/'))
    .map((path) => [path, readFileSync(resolve(ROOT, path), 'utf8')] as const),
);

test('every import points to a folder that sorts before, and every library lives in its one place', () => {
  expect(sources.size).toBeGreaterThan(0);
  expect([...sources].flatMap(([path, source]) => refusals(path, source))).toEqual([]);
});

test('no files import each other in a circle', () => {
  const imports = [...sources].map(([path, source]) => {
    const targets = specifiersOf(source).filter((specifier) => specifier.startsWith('.'));
    return [path, targets.map((target) => relative(ROOT, resolve(ROOT, dirname(path), target)))] as const;
  });
  expect(circles(new Map(imports))).toEqual([]);
});

test('a circle is found, once, whoever imports one of its files', () => {
  const imports = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['d']],
    ['d', ['b']],
  ]);
  expect(circles(imports)).toEqual([['b', 'c', 'd']]);
});

test.each([
  ['src/base/random.ts', `export * from '../media/pipeline.ts'`],
  ['src/media/audio/resampler.ts', `import { readFile } from 'node:fs/promises'`],
  ['src/media/motion/sampler.ts', `import '../../native/model/onnx-session.ts'`],
  ['src/media/motion/sampler.ts', `import { Windower } from '../features/windower.ts'`],
  ['src/media/sync/playout.ts', `import type { Pipeline } from '../pipeline.ts'`],
  ['src/native/codec/vp8/vp8-encoder.ts', `import { x } from '../../model/bundle.ts'`],
  ['src/peer/rtc/connection.ts', `import { Session } from '../session.ts'`],
  ['src/peer/session.ts', `const { RTCPeerConnection } = await import('werift')`],
  ['protocol/speak.ts', `import { AvatarError } from '../src/base/errors.ts'`],
  ['signaling/room.ts', `import { Pipeline } from '../src/media/pipeline.ts'`],
  ['web/call.ts', `import { Session } from '../src/peer/session.ts'`],
  ['client/room.ts', `import { Session } from '../src/peer/session.ts'`],
  ['client/room.ts', `import { byId } from '../web/dom.ts'`],
])('%s may not say %s', (path, source) => {
  expect(refusals(path, source)).toHaveLength(1);
});

test.each([
  ['src/media/pipeline.ts', `import { Windower } from './features/windower.ts'`],
  ['src/media/motion/limits.ts', `import { MOTION_INDEX } from '../motion-space.ts'`],
  ['src/native/worker/inference.worker.ts', `import { open } from '../model/bundle.ts'`],
  ['src/peer/session.ts', `import { Connection } from './rtc/connection.ts'`],
  ['web/call.ts', `import { clientMessage } from '../protocol/signaling.ts'`],
])('%s may say %s', (path, source) => {
  expect(refusals(path, source)).toEqual([]);
});
