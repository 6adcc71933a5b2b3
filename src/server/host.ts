import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { join, resolve } from 'node:path';

import type { Express } from 'express';

import { listen } from '../../signaling/listen.ts';
import { SignalingServer } from '../../signaling/server.ts';
import { WithdrawnTokens } from '../../signaling/withdrawn-tokens.ts';
import { routeUpgrades, SIGNALING_PATH, type UpgradeHandler } from '../../signaling/upgrade-router.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { Scope, type Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/logger.ts';
import type { AvatarPeer, AvatarSource, PeerEvent } from '../peer/avatar-peer.ts';
import { SignalingClient } from '../peer/signaling-client.ts';
import { AuditLog } from './audit-log.ts';
import { BlockList, importBlocks } from './block-list.ts';
import type { Config } from './config.ts';
import { Access } from './http/access.ts';
import { makeApp } from './http/app.ts';
import { FirstPortrait } from './first-portrait.ts';
import { KillSwitch } from './kill-switch.ts';
import type { PrometheusMeter } from './metrics.ts';
import { PortraitStore } from './portrait-store.ts';
import type { Enroller } from './enroller.ts';
import { keepTidy } from './portrait-upkeep.ts';
import { SessionRegistry } from './session-registry.ts';

const PORTRAIT_LIMIT = 10_000;
const PORTRAITS_PER_OWNER = 50;

export interface HostOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: PrometheusMeter;
  readonly enroller: Enroller;
  /** Root of the program: where `models/` and `dist/web` lie. */
  readonly root: string;
  /** Opens the part that connects and draws; called once, and closed with the host. */
  readonly openPeer: (avatars: AvatarSource, onEvent: (event: PeerEvent) => void) => Promise<AvatarPeer>;
  /** Another application on the same port: its routes are asked first. */
  readonly app?: Express;
  /** Further parts: routes, sockets, and ears for what participants do. */
  readonly extend?: (host: HostParts) => Promise<Extension>;
}

export interface HostParts {
  readonly access: Access;
  readonly config: Config;
  /** Of the built page. */
  readonly pageFolder: string;
  readonly peer: AvatarPeer;
  readonly portraits: PortraitStore;
  readonly scope: Scope;
}

export interface Extension {
  readonly routes?: (app: Express) => void;
  readonly upgrades?: ReadonlyMap<string, UpgradeHandler>;
  /** No more work is taken; what is under way goes on. */
  readonly drain?: () => void;
  readonly onPeerEvent?: (event: PeerEvent) => void;
}

/** The process: HTTP, the embedded signaling server (or a place at another), portraits and the avatar peer. */
export class Host implements Closable {
  readonly url: string;
  readonly #scope: Scope;
  readonly #sessions: SessionRegistry;
  readonly #signaling: SignalingServer | undefined;
  readonly #client: SignalingClient;
  readonly #portraits: PortraitStore;
  readonly #log: Logger;
  readonly #drainExtension: Extension['drain'];
  #draining = false;

  private constructor(parts: {
    readonly url: string;
    readonly scope: Scope;
    readonly sessions: SessionRegistry;
    readonly signaling: SignalingServer | undefined;
    readonly client: SignalingClient;
    readonly portraits: PortraitStore;
    readonly log: Logger;
    readonly drainExtension: Extension['drain'];
  }) {
    this.url = parts.url;
    this.#scope = parts.scope;
    this.#sessions = parts.sessions;
    this.#signaling = parts.signaling;
    this.#client = parts.client;
    this.#portraits = parts.portraits;
    this.#log = parts.log;
    this.#drainExtension = parts.drainExtension;
  }

  /** Listens at once; `whenReady` tells when the first call can be taken. */
  static async open(options: HostOptions): Promise<Host> {
    const { clock, config, enroller, log, meter, root } = options;
    const scope = new Scope();
    try {
      const now = (): Date => new Date();
      const unixTimeS = (): number => Date.now() / 1000;
      const audit = new AuditLog(join(config.dataDir, 'audit.log'));
      const blocks = scope.own(await BlockList.open({ folder: join(config.dataDir, 'blocks'), log }));
      await importBlocks(join(config.dataDir, 'blocked.json'), blocks);
      const portraits = await PortraitStore.open({
        folder: join(config.dataDir, 'portraits'),
        builtInFolder: join(root, 'models', 'portraits'),
        preparedFolder: join(root, 'build', 'portraits'),
        enroller,
        audit,
        blocks,
        log,
        now,
        quarantineFolder: join(config.dataDir, 'quarantine'),
        limit: PORTRAIT_LIMIT,
        limitPerOwner: PORTRAITS_PER_OWNER,
        diskBudgetBytes: config.portraits.diskBudgetBytes,
      });
      scope.own(keepTidy({ portraits, unusedDays: config.portraits.unusedDays, log, now }));
      const sessions = new SessionRegistry(now);
      const listeners: ((event: PeerEvent) => void)[] = [];
      const peer = scope.own(
        await options.openPeer(portraits, (event) => {
          sessions.push(event);
          for (const listener of listeners) listener(event);
        }),
      );
      const killSwitch = new KillSwitch({ peer, portraits, blocks, audit, log, now });
      listeners.push((event) => {
        if (event.type === 'joined') killSwitch.checkArrival(event.participantId);
      });
      const prepare = peer.prepare.bind(peer);
      const firstPortrait = new FirstPortrait({
        portraits,
        prepare,
        random: Math.random,
        nowMs: () => performance.now(),
      });
      // What a call takes besides its portrait is loaded now, too.
      void portraits.ready().then(
        () => (portraits.first === undefined ? undefined : prepare(portraits.first)),
        () => undefined,
      );
      const tokenSecret = config.signaling?.tokenSecret ?? config.remoteSignaling?.tokenSecret;
      const withdrawn = new WithdrawnTokens();
      const access = new Access({
        operatorKey: config.operatorKey,
        tokenSecret,
        isPrivate: config.isPrivate,
        trustProxy: config.trustProxy,
        unixTimeS,
        withdrawn,
      });
      const pageFolder = resolve(root, 'dist', 'web');
      const extensions = scope.own(new Scope());
      const extension = await options.extend?.({ access, config, pageFolder, peer, portraits, scope: extensions });
      if (extension?.onPeerEvent !== undefined) listeners.push(extension.onPeerEvent);

      const server = createServer();
      // Known only once the port is: readiness is asked for later.
      const late: { client?: SignalingClient; host?: Host; signaling?: SignalingServer } = {};
      const app = makeApp({
        access,
        audit,
        blocks,
        killSwitch,
        log,
        meter,
        now,
        peer,
        portraits,
        sessions,
        tokenSecret,
        hosts: config.hosts,
        trustProxy: config.trustProxy,
        uploadLimitBytes: config.uploadLimitBytes,
        pageFolder,
        page: {
          signalingUrl: config.remoteSignaling?.publicUrl,
          relay: config.remoteSignaling !== undefined || config.signaling?.turn !== undefined,
          needsToken: tokenSecret !== undefined,
          uploadLimitBytes: config.uploadLimitBytes,
          membersPerRoom: config.signaling?.limits.membersPerRoom ?? 4,
        },
        beforeFigures: () => {
          const counts = late.signaling?.counts;
          for (const [what, count] of Object.entries(counts ?? {})) {
            meter.gauge(`signaling_${what}`, `What the signaling server holds now: ${what}.`).set(count);
          }
        },
        notReady: () => {
          if (late.host?.draining === true) return 'draining';
          if (late.client?.registered !== true) return 'not registered with signaling';
          return portraits.isReady ? undefined : 'portraits are being enrolled';
        },
        firstPortrait,
        ...(extension?.routes === undefined ? {} : { extend: extension.routes }),
      });
      server.on('request', options.app?.use(app) ?? app);

      // Sockets close before the server that they came through: it waits for them.
      scope.defer(() => closeServer(server));
      scope.own(extensions);
      // Nobody but this process needs to know the secret of an embedded server's own avatar peer.
      const peerSecret = config.signaling?.peerSecret ?? randomBytes(32).toString('base64url');
      const signaling =
        config.signaling === undefined
          ? undefined
          : scope.own(new SignalingServer({ ...config.signaling, peerSecret, clock, log, unixTimeS }));
      const upgrades = new Map(extension?.upgrades);
      if (signaling !== undefined) {
        late.signaling = signaling;
        upgrades.set(SIGNALING_PATH, signaling.upgrade.bind(signaling));
      }
      routeUpgrades(server, upgrades, {
        hosts: config.hosts,
        onFailure: (thrown) => {
          log.error('http.upgrade-failed', { message: messageOf(thrown) });
        },
      });
      const port = await listen(server, config.host, config.port, (error) => {
        log.error('http.server-failed', { message: error.message });
      });

      const client = scope.own(
        new SignalingClient({
          url: config.remoteSignaling?.url ?? `ws://${hostInUrl(config.host)}:${port}${SIGNALING_PATH}`,
          secret: config.remoteSignaling === undefined ? peerSecret : config.remoteSignaling.secret,
          peer,
          logger: log,
          onWithdrawn: (each) => {
            withdrawn.add(each, unixTimeS());
          },
        }),
      );
      late.client = client;
      client.open();
      listeners.push((event) => {
        client.push(event);
      });
      const url = `http://${hostInUrl(config.host)}:${port}`;
      late.host = new Host({
        url,
        scope,
        sessions,
        signaling,
        client,
        portraits,
        log,
        drainExtension: extension?.drain,
      });
      return late.host;
    } catch (thrown) {
      await scope.close('could not start');
      throw thrown;
    }
  }

  get draining(): boolean {
    return this.#draining;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Resolves once calls can be taken. */
  async whenReady(): Promise<void> {
    await this.#portraits.ready();
    while (!this.#client.registered && !this.#scope.signal.aborted) {
      await new Promise((later) => setTimeout(later, 10));
    }
  }

  /** Takes no new callers and waits until those here have left, at most `limitS`. */
  async drain(limitS: number): Promise<void> {
    this.#draining = true;
    this.#signaling?.drain();
    this.#client.drain();
    this.#drainExtension?.();
    this.#log.info('process.draining', { sessions: this.#sessions.size, limitS });
    const untilMs = performance.now() + limitS * 1000;
    while (this.#sessions.size > 0 && performance.now() < untilMs && !this.#scope.signal.aborted) {
      await new Promise((later) => setTimeout(later, 100));
    }
  }

  close(reason = 'The server is stopping'): Promise<void> {
    return this.#scope.close(reason);
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => {
      closed();
    });
    server.closeAllConnections();
  });
}

/** Where this process reaches itself: `0.0.0.0` is no address to call. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
