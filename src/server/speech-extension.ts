import { API_PATH, type ProvenanceKey } from '../../protocol/http.ts';
import { SPEECH_SOCKET_PATH } from '../../protocol/speech-socket.ts';
import type { UpgradeHandler } from '../../signaling/upgrade-router.ts';
import type { Clock } from '../base/clock.ts';
import { fitting } from '../../protocol/graphemes.ts';
import type { Logger } from '../base/logger.ts';
import type { Meter } from '../base/meter.ts';
import type { Participant } from '../peer/avatar-peer.ts';
import type { Extension, HostParts } from './host.ts';
import { speechRoutes } from './speech/speech-routes.ts';
import type { OperatorKeys } from './operator-keys.ts';
import type { PortraitStore } from './portrait-store.ts';
import { ProvenanceSigner, STATED_CONSENT_LIMIT } from './provenance.ts';
import { SpeechDesk, type Vouched } from './speech/speech-desk.ts';
import { openVoices, type SpeechSettings } from './speech/speech-settings.ts';
import { SpeechSocket } from './speech/speech-socket.ts';

export { operatorKeysPath } from './operator-keys.ts';

export interface SpeechExtensionOptions {
  readonly settings: SpeechSettings;
  readonly keys: OperatorKeys;
  /** Whether a proxy says who a visitor is. */
  readonly trustProxy: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** Adds typed speech and signed provenance to a host: its page's data channels, its HTTP routes and its WebSocket. */
export function speechExtension(options: SpeechExtensionOptions): (host: HostParts) => Promise<Extension> {
  return async ({ peer, scope, portraits }) => {
    const { clock, logger, meter } = options;
    const signer = new ProvenanceSigner(options.keys);
    const desk = scope.own(
      new SpeechDesk({
        participant: (id) => peer.participant(id),
        voices: openVoices(options.settings, clock),
        clock,
        logger,
        meter,
        vouch: (participant) => vouchFor(participant, portraits, signer),
      }),
    );
    const socket = scope.own(new SpeechSocket(desk, options.trustProxy));
    const upgrade: UpgradeHandler = (request, connection, head) => {
      socket.upgrade(request, connection, head);
    };
    return {
      routes: (app) => {
        app.use(`${API_PATH}/speech`, speechRoutes(desk));
        app.get(`${API_PATH}/provenance-key`, (_request, response) => {
          const key: ProvenanceKey = { ...signer.publicKey, kid: signer.keyId, alg: 'EdDSA' };
          response.json(key);
        });
      },
      upgrades: new Map([
        [SPEECH_SOCKET_PATH, upgrade],
        // The path of version 0.1.0, for one release.
        ['/api/speech/socket', upgrade],
      ]),
      onPeerEvent: (event) => {
        desk.push(event);
      },
    };
  };
}

async function vouchFor(
  { participantId, roomId, portraitId }: Participant,
  portraits: Pick<PortraitStore, 'record'>,
  signer: ProvenanceSigner,
): Promise<Vouched> {
  const { sha256, consent } = portraits.record(portraitId);
  const statement = await signer.sign({
    portraitSha256: sha256,
    consent: consent.scope,
    consentText: fitting(consent.text, STATED_CONSENT_LIMIT),
    consentTime: consent.time,
    kind: 'live',
    issuedAt: Math.floor(Date.now() / 1000),
    participantId,
    roomId,
  });
  return { statement, key: signer.publicKey };
}
