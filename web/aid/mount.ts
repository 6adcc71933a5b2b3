import type { CallPort } from '../call-port.ts';
import { translate } from '../i18n.ts';
import { accessSettings } from './access-settings.ts';
import { captionSettings } from './caption-settings.ts';
import { CaptionView } from './caption-view.ts';
import { Composer } from './composer.ts';
import { DwellView } from './dwell-view.ts';
import { fold } from './element.ts';
import { expressionKeys } from './expression-keys.ts';
import { letterBoard } from './letter-board.ts';
import { PhrasePanel } from './phrase-panel.ts';
import { PreferenceStore } from './preferences.ts';
import { quickAnswers } from './quick-answers.ts';
import { ScanView } from './scan-view.ts';
import { Speaker } from './speaker.ts';
import { Transcript } from './transcript.ts';
import { trustView } from './trust-view.ts';
import { TypingLine } from './typing-line.ts';
import { voiceSettings } from './voice-settings.ts';
import { wordBar } from './word-bar.ts';
import { WordHelp } from './word-help.ts';
import { wordSettings } from './word-settings.ts';
import { tidied } from './writing.ts';

/** Where the aid goes and what it speaks through. */
export interface AidContext {
  readonly call: CallPort;
  /** What lip clarity crops: holds the videos, is positioned. */
  readonly stage: HTMLElement;
  /** Where captions are written, over the stage. */
  readonly captions: HTMLElement;
}

export interface MountedAid {
  /** Whether the person goes through the page with a switch, and cannot open a panel before that. */
  readonly isScanned: boolean;
}

/** Puts the communication aid into `root`. Its keys work in the whole page: Escape stops the voice, Alt and a key speak. */
export function mountAid(root: HTMLElement, { call, stage, captions }: AidContext): MountedAid {
  const preferences = new PreferenceStore();
  const speaker = new Speaker(call, preferences);
  const transcript = new Transcript();
  new CaptionView(captions, stage, speaker, call, preferences, transcript);
  const composer = new Composer(speaker, new TypingLine(call, preferences), preferences);
  const quick = quickAnswers(speaker);
  const phrases = new PhrasePanel(speaker);
  const help = new WordHelp(speaker, preferences);
  composer.onTidy((draft) => help.expand(tidied(draft)));
  composer.element.querySelector('textarea')?.after(wordBar(composer, help, preferences));
  const board = letterBoard(composer, speaker, help, preferences);
  root.classList.add('aid');
  root.append(
    composer.element,
    board,
    quick.element,
    composer.settings,
    phrases.element,
    expressionKeys(speaker, preferences),
    fold('aid.words.settings', wordSettings(help, preferences)),
    fold('aid.captions.title', captionSettings(preferences), transcript.element),
    fold('aid.voice.title', voiceSettings(speaker, preferences)),
    fold('aid.access.title', accessSettings(call, stage, preferences)),
    fold('aid.trust.title', trustView(speaker, call)),
  );
  // With a switch alone what folds away must be within reach too.
  for (const each of root.querySelectorAll<HTMLElement>('.aid-fold')) each.dataset['scanGroup'] = '';
  new ScanView(root, preferences);
  new DwellView(preferences);
  translate(root);
  document.addEventListener('keydown', (event) => {
    if (call.state.type !== 'live') return;
    if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) {
      speaker.stop();
      return;
    }
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const act = actOf(event.code);
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  const actOf = (code: string): (() => void) | undefined => {
    const place = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1];
    if (place !== undefined)
      return () => {
        phrases.sayAt(Number(place) - 1);
      };
    if (code === 'KeyR')
      return () => {
        speaker.repeat();
      };
    if (code === 'KeyE')
      return () => {
        composer.edit();
      };
    return quick.keys.get(code);
  };
  return {
    get isScanned() {
      return preferences.current.scan !== 'off';
    },
  };
}
