// The page's own markup and style with the aid in it, and a call that answers as a server would: for tests without media.
import { mountAid } from '../../web/aid/mount.ts';
import { startLanguage, t } from '../../web/i18n.ts';

const listeners = { message: new Set(), state: new Set(), participants: new Set(), text: new Set() };
const subscribe = (set, listener) => {
  set.add(listener);
  return () => set.delete(listener);
};
const sent = [];
const typed = [];
let spoken = 0;
let offsetMs;
const hear = (message) => {
  for (const listener of listeners.message) listener(message);
};
const call = {
  state: { type: 'live', relay: false },
  participants: [
    { participantId: 'me', name: 'Ada', isSelf: true },
    { participantId: 'you', name: 'Ben', isSelf: false },
  ],
  send(message) {
    sent.push(message);
    if (message.type === 'speech-say') {
      const words = [
        ...message.text
          .replace(/\[[a-z]+\]/g, '')
          .trim()
          .matchAll(/\S+/g),
      ];
      const text = message.text.replace(/\[[a-z]+\]/g, '').trim();
      hear({ type: 'speech-state', state: 'speaking', id: message.id, queued: 0 });
      hear({
        type: 'caption',
        participantId: 'me',
        name: 'Ada',
        captionId: ++spoken,
        text,
        startsInMs: 0,
        words: words.map((word, i) => ({
          from: word.index,
          to: word.index + word[0].length,
          startMs: i * 60,
          endMs: i * 60 + 55,
        })),
      });
      setTimeout(() => hear({ type: 'speech-state', state: 'ready', queued: 0 }), words.length * 60);
    }
    return true;
  },
  playoutOffsetMs: async () => offsetMs,
  onMessage: (listener) => subscribe(listeners.message, listener),
  onState: (listener) => subscribe(listeners.state, listener),
  onParticipants: (listener) => subscribe(listeners.participants, listener),
  onTextChannel: (listener) => {
    listener({ readyState: 'open', send: (text) => typed.push(text) });
    return subscribe(listeners.text, listener);
  },
};

const byId = (id) => document.getElementById(id);
document.body.classList.add('in-call');
byId('lobby').hidden = true;
byId('call').hidden = false;
byId('panel').hidden = false;
byId('panel').dataset.panel = 'aid';
byId('panel-aid').hidden = false;
byId('stage').dataset.count = '1';
byId('others').innerHTML =
  '<li class="tile playing"><canvas width="512" height="512" style="width:100%"></canvas><p class="tile-name">Ben</p></li>';
const paint = document.querySelector('canvas').getContext('2d');
paint.fillStyle = '#6d7f8c';
paint.fillRect(0, 0, 512, 512);
paint.fillStyle = '#d9b79c';
paint.ellipse(256, 250, 120, 165, 0, 0, 7);
paint.fill();
byId('self-name').textContent = 'Ada';
startLanguage();
byId('panel-title').textContent = 'Talk by typing';
mountAid(byId('panel-aid'), { call, stage: byId('stage'), captions: byId('captions') });
hear({
  type: 'speech-welcome',
  participantId: 'me',
  token: 'token',
  voices: [
    { name: 'espeak-ng', kind: 'espeak' },
    { name: 'my voice', kind: 'personal' },
  ],
});
window.harness = {
  sent,
  typed,
  hear,
  t,
  /** From now on the browser says how late it plays. */
  playAt: (ms) => {
    offsetMs = ms;
  },
};
