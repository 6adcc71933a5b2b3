import type { MessageKey } from '../i18n.ts';

/** A key of the call, as the help shows it. */
export interface Shortcut {
  readonly keys: string;
  readonly does: MessageKey;
}

/** What the keyboard does in a call. Keys of the aid work in the whole page while the call is live. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: 'Alt M', does: 'call.help.mute' },
  { keys: 'Alt I', does: 'call.interrupt' },
  { keys: 'Alt F', does: 'call.fullScreen' },
  { keys: 'Alt P', does: 'call.pictureInPicture' },
  { keys: 'Enter', does: 'aid.compose.say' },
  { keys: 'Esc', does: 'aid.compose.stop' },
  { keys: 'Alt R', does: 'aid.compose.repeat' },
  { keys: 'Alt E', does: 'aid.compose.edit' },
  { keys: 'Alt 1–9', does: 'aid.phrases.title' },
  { keys: 'Alt Y', does: 'aid.quick.yes' },
  { keys: 'Alt N', does: 'aid.quick.no' },
  { keys: 'Alt W', does: 'aid.quick.wait' },
  { keys: 'Alt S', does: 'aid.quick.turn' },
  { keys: 'Alt G', does: 'aid.quick.goOn' },
  { keys: 'Alt H', does: 'aid.quick.hello' },
  { keys: 'Alt T', does: 'aid.quick.thanks' },
  { keys: 'Alt A', does: 'aid.quick.again' },
  { keys: '?', does: 'call.help.title' },
];
