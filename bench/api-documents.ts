/** Writes `docs/openapi.json` and `docs/asyncapi.json` from the schemas of `protocol/`: `npm run api-documents`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { asyncApi } from '../protocol/asyncapi.ts';
import { openApi } from '../protocol/openapi.ts';
import { packageFolder } from '../src/server/package-folder.ts';

const root = packageFolder(import.meta.dirname);
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { readonly version: string };
for (const [name, document] of Object.entries({ openapi: openApi(version), asyncapi: asyncApi(version) })) {
  writeFileSync(resolve(root, 'docs', `${name}.json`), `${JSON.stringify(document, null, 1)}\n`);
}
