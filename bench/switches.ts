/**
 * How long somebody with switches takes to write a sentence and have it spoken, on a clock that is only counted:
 *
 *     npx tsx bench/switches.ts ["SENTENCE"...]
 *
 * One switch: the scan stays 1.4 s at each stop. Two: a press takes 0.4 s. From the right key being marked to the press
 * that takes it 0.3 s pass. Without sentences: "hi", and those with eight words of the held-out text.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NOTHING_LEARNED, Vocabulary } from '../web/aid/vocabulary.ts';
import { wordsOf } from '../web/aid/word-model.ts';
import { writeBySwitch, type SwitchUser } from './support/switch-user.ts';

const users: readonly SwitchUser[] = [
  { switches: 1, stepS: 1.4, reactionS: 0.3, suggestions: 5 },
  { switches: 2, stepS: 0.4, reactionS: 0.4, suggestions: 5 },
];
const vocabulary = new Vocabulary(NOTHING_LEARNED);
await vocabulary.open('en');
const heldOut = readFileSync(resolve(import.meta.dirname, '../test/fixtures/held-out/en.txt'), 'utf8')
  .trim()
  .split('\n');
// The board has letters and common signs, no digits and no quotation marks.
const eight = heldOut
  .map((sentence) => sentence.replace(/[.!?]$/, ''))
  .filter((sentence) => wordsOf(sentence).length === 8 && /^[a-z ,']+$/i.test(sentence));
const asked = process.argv.slice(2);
for (const sentence of asked.length > 0 ? asked : ['hi', 'I would like a cup of tea please']) {
  const times = users.map((user) => {
    const { seconds, steps, choices } = writeBySwitch(vocabulary, 'en', sentence, user);
    return `${seconds.toFixed(1)} s with ${user.switches} (${steps} steps, ${choices} choices)`;
  });
  process.stdout.write(`“${sentence}”: ${times.join(', ')}\n`);
}
if (asked.length === 0) {
  for (const user of users) {
    const seconds = eight
      .map((sentence) => writeBySwitch(vocabulary, 'en', sentence, user).seconds)
      .toSorted((a, b) => a - b);
    const within = seconds.filter((each) => each <= 60).length;
    process.stdout.write(
      `${seconds.length} sentences of eight words, ${user.switches} switch${user.switches === 1 ? '' : 'es'}: median ${seconds[Math.floor(seconds.length / 2)]?.toFixed(1)} s, ${within} within 60 s\n`,
    );
  }
}
