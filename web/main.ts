import { PageCall, type JoinRequest } from './call.ts';
import { byId } from './dom.ts';
import { Microphone } from './microphone.ts';
import { SelfView } from './self-view.ts';
import { readSettings } from './settings.ts';
import { recall } from './storage.ts';

/** A server that is full or far away does not keep the page from being built. */
const PICTURE_WAIT_MS = 1000;

// What the first picture waits for, and nothing else: the rest of the page and the microphone, which take the same
// processor, come after it.
const settings = readSettings(document.getElementById('settings')?.textContent ?? '{}', location);
const isAskedByLink = new URLSearchParams(location.search).has('portrait');
const portrait = isAskedByLink ? settings.portrait : (recall('portrait') ?? settings.portrait);
const call = new PageCall(settings);
const wish: JoinRequest | undefined =
  settings.autojoin && settings.room !== undefined
    ? { room: settings.room, name: settings.name ?? '', portrait, door: settings.door }
    : undefined;
if (wish !== undefined) call.start(wish);
await documentIsRead();
const selfView = new SelfView(call);
if (wish !== undefined) {
  byId('lobby', HTMLElement).hidden = true;
  byId('call', HTMLElement).hidden = false;
  document.body.classList.add('in-call');
  await Promise.race([selfView.shown, new Promise((resolve) => setTimeout(resolve, PICTURE_WAIT_MS))]);
}
const { startPage } = await import('./page.ts');
startPage({ settings, call, microphone: new Microphone(), portrait, wish, selfView });

function documentIsRead(): Promise<void> {
  return new Promise((resolve) => {
    if (document.readyState !== 'loading') resolve();
    else
      document.addEventListener('DOMContentLoaded', () => {
        resolve();
      });
  });
}
