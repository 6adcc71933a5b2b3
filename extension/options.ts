import { DEFAULT_SETTINGS, type Settings } from './messages.ts';

/** The options page: where the server is, and how it lets this person in. */
const form = document.querySelector('form');
const status = document.querySelector('output');
if (form === null || status === null) throw new Error('The page lacks its parts');

const inputs = [...form.querySelectorAll('input')];
void chrome.storage.local.get(DEFAULT_SETTINGS).then((settings) => {
  for (const input of inputs) {
    const value = settings[input.name];
    input.value = typeof value === 'string' ? value : '';
  }
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const entered = Object.fromEntries(inputs.map(({ name, value }) => [name, value.trim()]));
  const settings: Settings = { ...DEFAULT_SETTINGS, ...entered };
  void chrome.storage.local.set(settings).then(() => {
    status.value = 'Saved. Calls use it from now on.';
  });
});
