import express, { type Express } from 'express';
import helmet from 'helmet';

import { API_PATH, type Readiness } from '../../../protocol/http.ts';
import { isHostAllowed, type HostRules } from '../../../signaling/origin.ts';
import type { Logger } from '../../base/logger.ts';
import type { PrometheusMeter } from '../metrics.ts';
import { fail, failureHandler } from './failure.ts';
import { perMinute } from './per-minute.ts';
import { redirectLegacy } from './legacy.ts';
import { operatorRoutes, type OperatorRoutesOptions } from './operator.ts';
import type { FirstPortrait } from '../first-portrait.ts';
import { pageRoutes, type PageSettings } from './page.ts';
import { portraitRoutes } from './portraits.ts';

export interface AppOptions extends OperatorRoutesOptions {
  readonly log: Logger;
  readonly meter: PrometheusMeter;
  readonly page: PageSettings;
  readonly firstPortrait: FirstPortrait;
  readonly pageFolder: string;
  readonly uploadLimitBytes: number;
  readonly trustProxy: boolean;
  readonly hosts: HostRules;
  /** Brings gauges up to date that nobody watches between two scrapes. */
  readonly beforeFigures: () => void;
  /** Why the process cannot take a call now, or `undefined` when it can. */
  readonly notReady: () => string | undefined;
  /** Adds routes of other parts, under `/api/v1`, before the page's. */
  readonly extend?: (app: Express) => void;
}

/** Of one address and all routes: a page with its pictures takes some thirty. */
const REQUESTS_PER_MINUTE = 1200;

/** The HTTP side of the process. */
export function makeApp(options: AppOptions): Express {
  const { access, log, meter, page, portraits, uploadLimitBytes } = options;
  const app = express();
  app.set('trust proxy', options.trustProxy ? 1 : false);
  app.set('query parser', 'simple');
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'blob:', 'data:'],
          mediaSrc: ["'self'", 'blob:', 'mediastream:'],
          connectSrc: ["'self'", ...(page.signalingUrl === undefined ? [] : [page.signalingUrl])],
          frameAncestors: ["'self'"],
          // Pages on http://127.0.0.1 would ask https for their own parts.
          upgradeInsecureRequests: null,
        },
      },
      // The video is the caller's to embed elsewhere only where the operator's proxy says so.
      crossOriginEmbedderPolicy: false,
      strictTransportSecurity: false,
    }),
  );
  app.use((_request, response, next) => {
    response.setHeader('permissions-policy', 'microphone=(self), camera=(), geolocation=()');
    next();
  });
  app.use((request, response, next) => {
    if (isHostAllowed(request, options.hosts)) next();
    else fail(response, 403, 'HOST_REFUSED', 'This server has another name: VISAVIS_ALLOWED_HOSTS lists its names');
  });

  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', (_request, response) => {
    const reason = options.notReady();
    const readiness: Readiness = reason === undefined ? { status: 'ready' } : { status: 'waiting', reason };
    response.status(reason === undefined ? 200 : 503).json(readiness);
  });
  app.get('/metrics', async (request, response) => {
    access.requireScraper(request);
    options.beforeFigures();
    const { contentType, text } = await meter.expose();
    response.setHeader('content-type', contentType);
    response.end(text);
  });

  app.use(perMinute(REQUESTS_PER_MINUTE, options.trustProxy, 'Too many requests'));
  app.use(redirectLegacy);
  app.use(
    `${API_PATH}/portraits`,
    portraitRoutes({ portraits, access, uploadLimitBytes, trustProxy: options.trustProxy }),
  );
  options.extend?.(app);
  app.use(API_PATH, operatorRoutes(options));
  app.use('/api', (_request, response) => {
    fail(response, 404, 'NOT_FOUND', 'There is no such address');
  });
  app.use(pageRoutes(options.pageFolder, page, options.firstPortrait));
  app.use((_request, response) => {
    fail(response, 404, 'NOT_FOUND', 'There is no such page');
  });
  app.use(failureHandler(log));
  return app;
}
