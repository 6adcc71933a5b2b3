import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';

/**
 * `/view/ID`: the picture of a session and nothing else.
 * @param folder - of the built page.
 * @param ancestors - origins whose pages may show it in a frame, besides this server's own.
 */
export function viewRoutes(folder: string, ancestors: readonly string[]): Router {
  const routes = Router();
  const page = readFileSync(join(folder, 'view.html'), 'utf8');
  routes.get('/:id', (_request, response) => {
    const policy = String(response.getHeader('content-security-policy') ?? '');
    const allowed = ["'self'", ...ancestors].join(' ');
    response.setHeader(
      'content-security-policy',
      policy.replace(/frame-ancestors [^;]*/, `frame-ancestors ${allowed}`),
    );
    // It knows no list, and older browsers would obey it instead of the policy.
    response.removeHeader('x-frame-options');
    response.setHeader('cache-control', 'no-cache');
    response.type('html').send(page);
  });
  return routes;
}

/** `/visavis-avatar.js`: the element `<visavis-avatar>`, for pages of every origin. @param folder - of the built page. */
export function elementRoutes(folder: string): Router {
  const routes = Router();
  routes.get('/', (_request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(join(folder, 'visavis-avatar.js'));
  });
  return routes;
}
