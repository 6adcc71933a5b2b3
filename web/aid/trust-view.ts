import type { CallPort } from '../call-port.ts';
import { onLanguageChange, t } from '../i18n.ts';
import { en } from '../i18n/en.ts';
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
    consent: wordsOfConsent(verdict.consent),
  });
}

/** The page's own choices are recorded in English and shown in the reader's language; other words as they were written. */
function wordsOfConsent(recorded: string): string {
  if (recorded === en['call.consent.self']) return t('aid.trust.consent.own');
  if (recorded === en['call.consent.permission']) return t('aid.trust.consent.permission');
  if (recorded === en['call.consent.artwork']) return t('aid.trust.consent.artwork');
  return recorded === '' ? t('aid.trust.consent.unknown') : `\u2068“${recorded}”\u2069`;
}
