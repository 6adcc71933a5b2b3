import { toast } from '../announce.ts';
import { button, h, said } from '../aid/element.ts';
import type { CallPort } from '../call-port.ts';
import { byId } from '../dom.ts';
import { t } from '../i18n.ts';
import { SHORTCUTS } from './shortcuts.ts';

/** Full screen, a picture that floats over other windows, a screen that stays awake in a call, and the help on keys. */
export function startViewTools(call: CallPort): void {
  const dialog = helpDialog();
  document.body.append(dialog);
  byId('help', HTMLButtonElement).addEventListener('click', () => {
    dialog.showModal();
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === '?' && !event.altKey && !isWriting(event.target)) dialog.showModal();
    else if (event.altKey && event.code === 'KeyF' && call.state.type === 'live') void toggleFullScreen();
    else if (event.altKey && event.code === 'KeyP' && call.state.type === 'live') void togglePictureInPicture();
    else return;
    event.preventDefault();
  });
  keepAwake(call);
}

function helpDialog(): HTMLDialogElement {
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'help-title' });
  const close = (): void => {
    dialog.close();
  };
  dialog.append(
    said('h2', 'call.help.title', { id: 'help-title' }),
    h(
      'dl',
      { class: 'shortcuts' },
      ...SHORTCUTS.map(({ keys, does }) => h('div', {}, h('dt', {}, h('kbd', { dir: 'ltr' }, keys)), said('dd', does))),
    ),
    h(
      'div',
      { class: 'dialog-buttons' },
      button(
        'call.fullScreen',
        () => {
          close();
          void toggleFullScreen();
        },
        { class: 'button quiet' },
      ),
      button(
        'call.pictureInPicture',
        () => {
          close();
          void togglePictureInPicture();
        },
        { class: 'button quiet' },
      ),
      button('call.close', close, { class: 'button primary' }),
    ),
  );
  return dialog;
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'range', 'file'].includes(target.type))
  );
}

async function toggleFullScreen(): Promise<void> {
  try {
    if (document.fullscreenElement === null) await document.documentElement.requestFullscreen();
    else await document.exitFullscreen();
  } catch {
    toast(t('call.notHere'));
  }
}

/** Whoever is seen largest floats: the first of the others, or the own avatar. */
async function togglePictureInPicture(): Promise<void> {
  const video = document.querySelector<HTMLVideoElement>('#others video') ?? byId('self-video', HTMLVideoElement);
  try {
    if (document.pictureInPictureElement === null) await video.requestPictureInPicture();
    else await document.exitPictureInPicture();
  } catch {
    toast(t('call.notHere'));
  }
}

/** A screen that goes dark ends a call on many phones. The browser takes the lock back when the page is hidden. */
function keepAwake(call: CallPort): void {
  let lock: WakeLockSentinel | undefined;
  const hold = async (): Promise<void> => {
    const wanted = call.state.type === 'live' && document.visibilityState === 'visible';
    if (!wanted) {
      await lock?.release();
      lock = undefined;
    } else if (lock === undefined || lock.released) {
      // Some browsers have no lock, and others refuse it on a low battery.
      lock = await navigator.wakeLock.request('screen');
    }
  };
  const tryToHold = (): void => {
    hold().catch(() => {
      lock = undefined;
    });
  };
  call.onState(tryToHold);
  document.addEventListener('visibilitychange', tryToHold);
}
