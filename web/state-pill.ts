import { announce } from './announce.ts';
import type { CallState } from '../client/call-state.ts';
import type { CallPort } from './call-port.ts';
import { byId } from './dom.ts';
import { onLanguageChange, t } from './i18n.ts';

/** The caption of the call's state: seen at the top, and read out when its kind changes. */
export function showState(call: CallPort): void {
  const pill = byId('state', HTMLParagraphElement);
  const text = byId('state-text', HTMLSpanElement);
  let kind = '';
  const show = (state: CallState): void => {
    const words = wordsOf(state);
    pill.hidden = words === undefined;
    pill.dataset['kind'] = state.type;
    text.textContent = words ?? '';
    // Not every second of a count-down.
    const nextKind = state.type === 'live' && state.relay ? 'relay' : state.type;
    if (nextKind !== kind && words !== undefined) announce(words);
    kind = nextKind;
  };
  call.onState(show);
  onLanguageChange(() => {
    show(call.state);
  });
}

function wordsOf(state: CallState): string | undefined {
  switch (state.type) {
    case 'idle':
    case 'ended':
      return undefined;
    case 'connecting':
      return t('call.state.connecting');
    case 'lobby':
      return t('call.state.lobby');
    case 'live':
      return t(state.relay ? 'call.state.relay' : 'call.state.live');
    case 'reconnecting':
      return t('call.state.reconnecting');
    case 'full':
      return t('call.state.full', { seconds: state.retryInS });
    default:
      return state satisfies never;
  }
}
