import type { CallPort } from '../call-port.ts';
import { onLanguageChange, t, type MessageKey } from '../i18n.ts';
import { h } from './element.ts';
import { checkProvenance, type ProvenanceVerdict } from './provenance-check.ts';
import type { Speaker } from './speaker.ts';

/** Shows for each picture of the room what its signed statement says, checked in this browser. */
export function trustView(speaker: Speaker, call: CallPort): HTMLElement {
  const verdicts = new Map<string, ProvenanceVerdict>();
  const list = h('ul', {});
  const show = (): void => {
    list.replaceChildren(
      ...call.participants.map(({ participantId, name, isSelf }) => {
        const verdict = verdicts.get(participantId);
        const who = isSelf ? t('aid.captions.me') : name === '' ? t('aid.captions.other') : name;
        return h(
          'li',
          { 'data-verdict': verdict?.result ?? 'checking', 'data-testid': 'provenance' },
          h('b', { dir: 'auto' }, who),
          h('span', {}, wordsOf(verdict)),
        );
      }),
    );
  };
  speaker.onMessage((message) => {
    if (message.type !== 'provenance') return;
    void checkProvenance(message.statement, message.key, message.participantId).then((verdict) => {
      verdicts.set(message.participantId, verdict);
      show();
    });
  });
  call.onParticipants(show);
  onLanguageChange(show);
  show();
  return h('div', { class: 'aid-trust', role: 'status' }, list);
}

function wordsOf(verdict: ProvenanceVerdict | undefined): string {
  if (verdict === undefined) return t('aid.trust.missing');
  if (verdict.result !== 'verified') return t(`aid.trust.${verdict.result}`);
  return t('aid.trust.verified', {
    portrait: verdict.portraitSha256.slice(0, 8),
    consent: t(consentKey(verdict.consent)),
  });
}

function consentKey(scope: string): MessageKey {
  const known: Readonly<Record<string, MessageKey>> = {
    own: 'aid.trust.consent.own',
    permission: 'aid.trust.consent.permission',
    artwork: 'aid.trust.consent.artwork',
  };
  const found = Object.entries(known).find(([word]) => scope.includes(word));
  return found?.[1] ?? 'aid.trust.consent.unknown';
}
