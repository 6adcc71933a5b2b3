import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Meter } from '../base/meter.ts';
import { SPEAK_PATH } from '../../protocol/speak.ts';
import { DEFAULT_SIGNALING_LIMITS } from '../../signaling/options.ts';
import { Broadcasts } from './doors/broadcasts.ts';
import { Entry } from './doors/entry.ts';
import { iceLinks, iceServers } from './doors/ice-links.ts';
import { OutgoingRules } from './doors/outgoing/outgoing-rules.ts';
import { SessionReporter, type SessionReporterOptions } from './doors/outgoing/session-reporter.ts';
import { Webhooks, type WebhookTarget } from './doors/outgoing/webhooks.ts';
import { overtakingClear } from './doors/overtaking-clear.ts';
import { SdpRoutes } from './doors/sdp-routes.ts';
import { sessionRoutes } from './doors/session-routes.ts';
import { simliRoutes } from './doors/simli-routes.ts';
import { SIMLI_PATH, SimliSocket } from './doors/simli-socket.ts';
import { SimliTokens } from './doors/simli-tokens.ts';
import { SpeakDesk } from './doors/speak-desk.ts';
import { SpeakSocket } from './doors/speak-socket.ts';
import { elementRoutes, viewRoutes } from './doors/view-page.ts';
import { watchEither } from './doors/whep.ts';
import type { Extension, HostParts } from './host.ts';

export interface DoorsExtensionOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** Where signaling is another process, which keeps the limit. */
const MEMBERS_PER_ROOM = 4;
const PLACES_PER_ADDRESS = DEFAULT_SIGNALING_LIMITS.placesPerAddress;

/** Adds the interfaces for programs to a host: sessions that speak PCM, broadcasters, and players that show both. `docs/integrate.md` describes them. */
export function doorsExtension(options: DoorsExtensionOptions): (host: HostParts) => Promise<Extension> {
  return async ({ access, config, pageFolder, peer, portraits, scope }) => {
    const { doors, trustProxy } = config;
    const sessionsPerMinute = doors.sessions.perMinute;
    const now = (): Date => new Date();
    const report =
      doors.webhook === undefined ? undefined : openReport(doors.webhook, { peer, portraits, scope }, options);
    const outgoing = new OutgoingRules(doors.pushHosts);
    const desk = scope.own(new SpeakDesk({ peer, outgoing, limits: doors.sessions, now, ...options }));
    const socket = scope.own(new SpeakSocket(desk, options.clock, options.logger));
    const serversFor = (id: string) => iceServers(config.signaling, id, Date.now() / 1000);
    const links = (id: string): string[] => iceLinks(serversFor(id));
    const entry = new Entry(access, config.signaling?.allowedOrigins ?? []);
    const membersPerRoom = config.signaling?.limits.membersPerRoom ?? MEMBERS_PER_ROOM;
    const broadcasts = new Broadcasts({ entry, peer, portraits, membersPerRoom });
    const whepOpen = watchEither(peer, desk, broadcasts);
    const whep = scope.own(new SdpRoutes({ path: '/whep', open: whepOpen, iceServers: links, trustProxy }));
    const whipOpen = broadcasts.publish.bind(broadcasts);
    // A broadcaster takes a place, as a caller at the signaling socket does.
    const connectionsPerAddress = config.signaling?.limits.placesPerAddress ?? PLACES_PER_ADDRESS;
    const whipEndpoint = { path: '/whip', open: whipOpen, iceServers: links, trustProxy, connectionsPerAddress };
    const whip = scope.own(new SdpRoutes(whipEndpoint));
    const tokens = new SimliTokens(() => performance.now());
    const simli = scope.own(new SimliSocket({ desk, peer, tokens, ...options }));
    const simliIce = (): readonly object[] => serversFor(randomUUID());
    return {
      routes: (app) => {
        app.use('/api/v1/sessions', sessionRoutes({ entry, desk, peer, portraits, trustProxy, sessionsPerMinute }));
        app.use(SPEAK_PATH, overtakingClear(desk, trustProxy));
        app.use('/whep', whep.router);
        app.use('/whip', whip.router);
        app.use('/compose', simliRoutes({ entry, portraits, tokens, iceServers: simliIce, trustProxy }));
        app.use('/visavis-avatar.js', elementRoutes(pageFolder));
        app.use('/view', viewRoutes(pageFolder, config.frameAncestors));
      },
      upgrades: new Map([
        [
          SPEAK_PATH,
          (request, connection, head) => {
            socket.upgrade(request, connection, head);
          },
        ],
        [
          SIMLI_PATH,
          (request, connection, head) => {
            simli.upgrade(request, connection, head);
          },
        ],
      ]),
      onPeerEvent: (event) => {
        report?.push(event);
        desk.push(event);
        broadcasts.push(event);
      },
    };
  };
}

/** Tells the operator's webhook of all sessions, until the scope closes. */
function openReport(
  target: WebhookTarget,
  { peer, portraits, scope }: Pick<HostParts, 'peer' | 'portraits' | 'scope'>,
  { logger, meter }: DoorsExtensionOptions,
): SessionReporter {
  const now = (): Date => new Date();
  const webhooks = scope.own(new Webhooks({ target, now, random: Math.random, logger, meter }));
  const record: SessionReporterOptions['record'] = (portraitId) => {
    try {
      return portraits.record(portraitId);
    } catch {
      return undefined;
    }
  };
  const tell = webhooks.push.bind(webhooks);
  return scope.own(new SessionReporter({ peer, record, now, tell }));
}
