import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

import { asyncApi } from '../../protocol/asyncapi.ts';
import { openApi } from '../../protocol/openapi.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): unknown => JSON.parse(readFileSync(resolve(ROOT, path), 'utf8'));
const { version } = read('package.json') as { readonly version: string };
const plain = (document: object): unknown => JSON.parse(JSON.stringify(document));

describe('what npm run api-documents writes is what the schemas say', () => {
  test('docs/openapi.json', () => {
    expect(read('docs/openapi.json')).toEqual(plain(openApi(version)));
  });

  test('docs/asyncapi.json', () => {
    expect(read('docs/asyncapi.json')).toEqual(plain(asyncApi(version)));
  });
});

/** Where in `src/server` a path of the document is served. */
const SOURCES = [
  'http/app.ts',
  'http/operator.ts',
  'http/portraits.ts',
  'doors/session-routes.ts',
  'speech/speech-routes.ts',
];

test('every route of the server is in docs/openapi.json', () => {
  const { paths } = openApi(version) as { readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path.replaceAll(/\{\w+\}/g, ':').replace(/^\/api\/v1/, '')}`),
  );
  const routes = SOURCES.flatMap((source) => {
    const text = readFileSync(resolve(ROOT, 'src/server', source), 'utf8');
    return [...text.matchAll(/\broutes\.(get|post|delete)\(\s*'([^']+)'/g)].map(([, method, path]) => {
      const shape = path?.replaceAll(/:\w+/g, ':').replace(/\/$/, '') ?? '';
      return `${method ?? ''} ${shape}`;
    });
  });
  expect(routes.length).toBeGreaterThan(10);
  for (const route of routes) {
    const [method = '', shape = ''] = route.split(' ');
    const isThere = documented.some((each) => each.startsWith(`${method} `) && each.endsWith(shape));
    const isVerb = shape === '/:/:' && documented.includes('post /speech/:/say');
    expect(isThere || isVerb, route).toBe(true);
  }
});
