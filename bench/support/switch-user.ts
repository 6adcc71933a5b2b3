import { boardRows, type BoardKey } from '../../web/aid/board-layout.ts';
import { Scan, type ScanNode } from '../../web/aid/scan.ts';
import type { Suggestion, Vocabulary } from '../../web/aid/vocabulary.ts';
import type { WordLanguage } from '../../web/aid/words/load.ts';
import { withSign } from '../../web/aid/writing.ts';

/** A person with one switch waits for `stepS` at each stop; with two, each step and each choice is a press. */
export interface SwitchUser {
  readonly switches: 1 | 2;
  /** One switch: how long the scan stays. Two: how long a press takes. */
  readonly stepS: number;
  /** From the moment the right key is marked to the press that takes it. */
  readonly reactionS: number;
  readonly suggestions: number;
}

export interface Written {
  readonly seconds: number;
  readonly steps: number;
  readonly choices: number;
}

/** Writes and says `sentence` on the board, taking a suggestion wherever one is right. */
export function writeBySwitch(
  vocabulary: Vocabulary,
  language: WordLanguage,
  sentence: string,
  user: SwitchUser,
): Written {
  let draft = '';
  let [steps, choices] = [0, 0];
  let scan: Scan<string> | undefined;
  for (let isSaid = false; !isSaid;) {
    const offered = vocabulary.suggest(draft, 'talk', user.suggestions);
    const rows = boardRows(language, offered.length, draft === '' ? undefined : 'say');
    scan = new Scan(boardTree(rows), scan);
    const wanted = nextKey(sentence, draft, offered);
    for (let chosen: string | undefined; chosen === undefined;) {
      while (!leadsTo(scan.stop?.node, wanted)) {
        scan.advance();
        steps++;
        if (steps > 10_000) throw new Error(`The board has no key ${wanted}`);
      }
      choices++;
      chosen = scan.choose();
    }
    isSaid = wanted === 'say';
    draft = wanted.startsWith('word ')
      ? (offered[Number(wanted.slice(5))]?.draft ?? draft)
      : wanted === 'delete'
        ? draft.slice(0, -1)
        : withSign(draft, wanted.slice('letter '.length));
  }
  return { seconds: steps * user.stepS + choices * user.reactionS, steps, choices };
}

function boardTree(rows: readonly (readonly BoardKey[])[]): ScanNode<string> {
  const groups = rows.map((row, index) => ({
    target: `row ${rows.length - index}`,
    children: row.map((key) => ({ target: nameOf(key), children: [] })),
  }));
  // The page has more to scan than the board; the board is its first group and the scan stays there.
  const elsewhere = { target: 'elsewhere', children: [{ target: 'leave', children: [] }] };
  return { target: 'page', children: [{ target: 'board', children: groups, stays: true }, elsewhere] };
}

function nameOf(key: BoardKey): string {
  if (key.kind === 'word') return `word ${key.place}`;
  return key.kind === 'letter' ? `letter ${key.letter}` : key.kind;
}

function nextKey(sentence: string, draft: string, offered: readonly Suggestion[]): string {
  const begins = (text: string): boolean => plain(sentence).startsWith(plain(text.trimEnd()));
  if (plain(draft.trimEnd()) === plain(sentence)) return 'say';
  let [best, length] = [-1, draft.trimEnd().length];
  for (const [place, { draft: next }] of offered.entries()) {
    const end = next.trimEnd().length;
    if (begins(next) && !/[\p{L}\p{M}'’-]/u.test(sentence.charAt(end)) && end > length) [best, length] = [place, end];
  }
  if (best >= 0) return `word ${best}`;
  if (plain(sentence).startsWith(plain(draft))) return `letter ${sentence.charAt(draft.length).toLowerCase()}`;
  const sign = sentence.charAt(draft.trimEnd().length);
  return begins(withSign(draft, sign)) ? `letter ${sign}` : 'delete';
}

function leadsTo(node: ScanNode<string> | undefined, wanted: string): boolean {
  return node !== undefined && (node.target === wanted || node.children.some((child) => leadsTo(child, wanted)));
}

function plain(text: string): string {
  return text.replaceAll('’', "'").toLowerCase();
}
