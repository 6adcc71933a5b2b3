import { Call, type JoinWish } from './call.ts';
import { Microphone } from './microphone.ts';
import { readSettings } from './settings.ts';
import { recall } from './storage.ts';

// What the first picture waits for, and nothing else: the offer leaves while the rest of the page is still on its way.
const settings = readSettings(document.getElementById('settings')?.textContent ?? '{}', location);
const isAskedByLink = new URLSearchParams(location.search).has('portrait');
const portrait = isAskedByLink ? settings.portrait : (recall('portrait') ?? settings.portrait);
let pageIsThere = (): void => undefined;
// Answers wait for the page, so that nothing is told before there is somebody to hear it.
const call = new Call(
  settings,
  new Promise((resolve) => {
    pageIsThere = resolve;
  }),
);
const microphone = new Microphone();
const wish: JoinWish | undefined =
  settings.autojoin && settings.room !== undefined
    ? { room: settings.room, name: settings.name ?? '', portrait }
    : undefined;
if (wish !== undefined) call.join(wish);
const opening = wish !== undefined && settings.withMicrophone ? microphone.open() : undefined;
// The page tells of one that fails.
opening?.catch(() => undefined);

const [{ startPage }] = await Promise.all([import('./page.ts'), documentIsRead()]);
startPage({ settings, call, microphone, portrait, wish, opening });
pageIsThere();

function documentIsRead(): Promise<void> {
  return new Promise((resolve) => {
    if (document.readyState !== 'loading') resolve();
    else
      document.addEventListener('DOMContentLoaded', () => {
        resolve();
      });
  });
}
