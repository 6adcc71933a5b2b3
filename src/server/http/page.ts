import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import express, { Router } from 'express';

import type { FirstPortrait } from '../first-portrait.ts';

/** What a page must know before its first message, so that it need not ask. */
export interface PageSettings {
  /** `undefined`: `/signaling` on the page's own host. */
  readonly signalingUrl: string | undefined;
  /** Whether `welcome` brings servers without which a connection may fail: the page then waits for it. */
  readonly relay: boolean;
  readonly needsToken: boolean;
  readonly uploadLimitBytes: number;
  readonly membersPerRoom: number;
}

/** `/` is the page, with its settings and a portrait to begin with written into it; everything beside it never changes. */
export function pageRoutes(folder: string, settings: PageSettings, first: FirstPortrait): Router {
  const routes = Router();
  const template = readFileSync(join(folder, 'index.html'), 'utf8');
  routes.get('/', (_request, response) => {
    const portrait = first.next() ?? '';
    const json = JSON.stringify({ ...settings, portrait }).replaceAll('<', '\\u003c');
    response.setHeader('cache-control', 'no-cache');
    response.type('html').send(template.replace('{{settings}}', () => json));
  });
  routes.use('/', express.static(folder, { index: false, immutable: true, maxAge: '365d', fallthrough: true }));
  return routes;
}
