import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaptionMessage } from '../../protocol/speech.ts';
import { CaptionTrack, PLAYOUT_MS } from '../../web/aid/caption-track.ts';
import { MAX_PHRASES, parsePhrases, PhraseBank } from '../../web/aid/phrase-bank.ts';
import { Scan, type ScanNode } from '../../web/aid/scan.ts';

describe('PhraseBank', () => {
  const bank = new PhraseBank([]).add('Hello', 'Talk').add('Water, please', 'Needs').add('Goodbye', 'Talk');

  test('shows a group, most used first and else as entered', () => {
    expect(bank.categories).toEqual(['Talk', 'Needs']);
    expect(
      bank
        .use('Goodbye')
        .shown('Talk')
        .map(({ text }) => text),
    ).toEqual(['Goodbye', 'Hello']);
    expect(bank.shown().map(({ text }) => text)).toEqual(['Hello', 'Water, please', 'Goodbye']);
  });

  test('a phrase that is added again moves and keeps its count; an empty one is not added', () => {
    const moved = bank.use('Hello').add('Hello', 'Needs');
    expect(moved.phrases.filter(({ text }) => text === 'Hello')).toEqual([
      { text: 'Hello', category: 'Needs', uses: 1 },
    ]);
    expect(bank.add('  \u0000 ', 'Talk').phrases).toEqual(bank.phrases);
  });

  test('what is written out is read back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 20 }), (pairs) => {
        const any = pairs.reduce((sum, [text, category]) => sum.add(text, category), new PhraseBank([])).use('a');
        expect(parsePhrases(any.toJson(), 'x') ?? []).toEqual(any.phrases);
      }),
    );
  });

  test.each([
    ['["One", "Two"]', ['One', 'Two']],
    ['[{"text":"One","category":"A"},{"nothing":1},7,null]', ['One']],
    ['{"phrases":[{"text":"turn\\u202e me"}]}', ['turn me']],
  ])('reads %s', (json, texts) => {
    expect(parsePhrases(json, 'Talk')?.map(({ text }) => text)).toEqual(texts);
  });

  test.each(['', 'rubbish', '[]', '{}', '{"phrases":"many"}', 'null'])('%j holds no phrases', (json) => {
    expect(parsePhrases(json, 'Talk')).toBeUndefined();
  });

  test('a flood of phrases ends at the limit', () => {
    const many = parsePhrases(JSON.stringify(Array.from({ length: 5000 }, (_, i) => `phrase ${i}`)), 'Talk') ?? [];
    expect(new PhraseBank([]).merge(many).merge(many).phrases.length).toBe(MAX_PHRASES);
  });
});

describe('Scan', () => {
  const leaf = (target: string): ScanNode<string> => ({ target, children: [] });
  const root: ScanNode<string> = {
    target: 'root',
    children: [
      { target: 'answers', children: [leaf('yes'), leaf('no')] },
      { target: 'stop', children: [leaf('stop')] },
      {
        target: 'letters',
        children: [
          { target: 'row', children: [leaf('a'), leaf('b')] },
          { target: 'row 2', children: [leaf('c')] },
        ],
      },
    ],
  };
  const where = (scan: Scan<string>): string =>
    `${scan.stop?.back === true ? 'back from ' : ''}${scan.stop?.node.target ?? ''}`;

  test('goes round the groups, into one, and chooses', () => {
    const scan = new Scan(root);
    const seen = [where(scan)];
    for (let i = 0; i < 3; i++) {
      scan.advance();
      seen.push(where(scan));
    }
    expect(seen).toEqual(['answers', 'stop', 'letters', 'answers']);
    expect(scan.choose()).toBeUndefined();
    scan.advance();
    expect(where(scan)).toBe('no');
    expect(scan.choose()).toBe('no');
    expect(where(scan)).toBe('answers');
  });

  test('a group with one member needs no second choice', () => {
    const scan = new Scan(root);
    scan.advance();
    expect(scan.choose()).toBe('stop');
  });

  test('the stop after the last leads back, and two rounds without a choice do so too', () => {
    const scan = new Scan(root);
    scan.choose();
    scan.advance();
    scan.advance();
    expect(where(scan)).toBe('back from answers');
    scan.choose();
    expect(where(scan)).toBe('answers');
    scan.choose();
    for (let i = 0; i < 6; i++) scan.advance();
    expect(where(scan)).toBe('answers');
    expect(scan.choose()).toBeUndefined();
    expect(where(scan)).toBe('yes');
  });

  test('every button can be reached, however deep', () => {
    const reach = (path: readonly string[]): string | undefined => {
      const scan = new Scan(root);
      let chosen: string | undefined;
      for (const name of path) {
        for (let i = 0; i < 10 && where(scan) !== name; i++) scan.advance();
        chosen = scan.choose();
      }
      return chosen;
    };
    expect(reach(['letters', 'row', 'b'])).toBe('b');
    expect(reach(['letters', 'row 2'])).toBe('c');
  });

  test('a board is stayed in after each letter, also when what there is to choose was looked at anew', () => {
    const row = (letters: string): ScanNode<string> => ({ target: letters, children: Array.from(letters, leaf) });
    const actions: ScanNode<string> = { target: 'actions', children: [leaf('Say'), leaf('space'), leaf('undo')] };
    const page = (): ScanNode<string> => ({
      target: 'page',
      children: [
        { target: 'board', stays: true, children: [actions, row('etaoin'), row('shrdlu'), row('cmwfgy')] },
        { target: 'answers', children: [leaf('yes'), leaf('no')] },
      ],
    });
    let scan = new Scan(page());
    let steps = 0;
    const choose = (name: string): string | undefined => {
      for (; where(scan) !== name && steps < 100; steps++) scan.advance();
      const chosen = scan.choose();
      if (chosen !== undefined) scan = new Scan(page(), scan);
      return chosen;
    };
    choose('board');
    const written = ['shrdlu', 'h', 'etaoin', 'i', 'actions', 'Say'].map(choose).filter((each) => each !== undefined);
    expect(written).toEqual(['h', 'i', 'Say']);
    // At 1.4 s a step, "hi" is spoken after 11.2 s.
    expect(steps).toBe(8);
    expect(where(scan)).toBe('actions');
    // Two rounds without a choice lead out, and there the scan stays where the answer was.
    choose('answers');
    choose('no');
    expect(where(scan)).toBe('answers');
  });

  test('a group that is gone is left: the scan goes on outside of it', () => {
    const scan = new Scan(root);
    scan.advance();
    scan.advance();
    scan.choose();
    scan.choose();
    const [answers, , letters] = root.children as [ScanNode<string>, ScanNode<string>, ScanNode<string>];
    expect(where(new Scan({ target: 'root', children: [answers, letters] }, scan))).toBe('a');
    expect(where(new Scan({ target: 'root', children: [answers] }, scan))).toBe('answers');
  });

  test('nothing to scan is no trouble', () => {
    const scan = new Scan({ target: 'root', children: [] });
    expect(scan.advance()).toBeUndefined();
    expect(scan.choose()).toBeUndefined();
  });
});

describe('CaptionTrack', () => {
  const caption: CaptionMessage = {
    type: 'caption',
    participantId: 'p',
    name: 'Ada',
    captionId: 1,
    text: 'one two three',
    startsInMs: 100,
    words: [
      { from: 0, to: 3, startMs: 0, endMs: 300 },
      { from: 4, to: 7, startMs: 300, endMs: 600 },
      { from: 8, to: 13, startMs: 600, endMs: 900 },
    ],
  };
  const start = 1000 + 100 + PLAYOUT_MS;

  test.each([
    [start - 1, undefined],
    [start, [0, 3]],
    [start + 350, [4, 7]],
    [start + 899, [8, 13]],
  ])('at %i ms the word is %j', (nowMs, word) => {
    const track = new CaptionTrack();
    track.push(caption, 1000);
    expect(track.at(nowMs)[0]?.word).toEqual(word);
  });

  test('a better guess replaces the first; an old caption goes', () => {
    const track = new CaptionTrack();
    track.push(caption, 1000);
    track.push({ ...caption, startsInMs: 50, words: [{ from: 0, to: 13, startMs: 0, endMs: 100 }] }, 1050);
    expect(track.at(start + 50)).toHaveLength(1);
    expect(track.at(start + 50)[0]?.word).toEqual([0, 13]);
    track.at(start + 10_000);
    expect(track.isEmpty).toBe(true);
  });

  test('a stop keeps the words that were said, and drops a caption that had not begun', () => {
    const track = new CaptionTrack();
    track.push(caption, 1000);
    track.push({ ...caption, captionId: 2, startsInMs: 5000 }, 1000);
    track.stop('p', start + 350);
    expect(track.at(start + 400).map(({ text, done }) => [text, done])).toEqual([['one two …', true]]);
    expect(track.at(start + 6000)).toEqual([]);
  });
});
