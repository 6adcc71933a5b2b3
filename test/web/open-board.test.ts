import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBoards, writeBoards } from '../../web/aid/open-board.ts';
import { PhraseBank } from '../../web/aid/phrase-bank.ts';
import { readZip, writeZip } from '../../web/aid/zip.ts';

const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const LIMITS = { members: 10, bytes: 1000 };

describe('Open Board Format', () => {
  test('what is written out is read back: groups, words, expressions and pictures', async () => {
    const bank = new PhraseBank([])
      .add('Water, please', 'Needs', PICTURE)
      .add('That is funny! [laugh]', 'Feelings')
      .add('Ich möchte Tee', 'Needs');
    const read = await readBoards(writeBoards(bank.phrases, 'en'), 'Talk');
    const sorted = bank.phrases.toSorted((a, b) => (a.category < b.category ? 1 : a.category > b.category ? -1 : 0));
    expect(read?.toSorted((a, b) => (a.category < b.category ? 1 : a.category > b.category ? -1 : 0))).toEqual(sorted);
  });

  test('a board of another program gives its vocalisations, without buttons that lead elsewhere or delete', async () => {
    const board = {
      format: 'open-board-0.1',
      id: 'x',
      name: 'Snacks',
      buttons: [
        { id: 1, label: 'apple', vocalization: 'I want an apple', image_id: 7 },
        { id: 2, label: 'more', load_board: { path: 'boards/more.obf' } },
        { id: 3, label: 'happy', vocalization: ':clear' },
        { id: 4 },
      ],
      images: [{ id: 7, url: 'https://example.org/apple.png' }],
    };
    expect(await readBoards(bytesOf(JSON.stringify(board)), 'Talk')).toEqual([
      { text: 'I want an apple', category: 'Snacks', uses: 0 },
      { text: 'happy', category: 'Snacks', uses: 0 },
    ]);
  });

  test('a picture that lies in the archive comes with its phrase', async () => {
    const board = { buttons: [{ id: 1, label: 'tea', image_id: 1 }], images: [{ id: 1, path: 'images/tea.png' }] };
    const archive = writeZip(
      new Map([
        ['b.obf', bytesOf(JSON.stringify(board))],
        ['images/tea.png', new Uint8Array([1, 2, 255])],
      ]),
    );
    expect(await readBoards(archive, 'Talk')).toEqual([
      { text: 'tea', category: 'Talk', uses: 0, picture: 'data:image/png;base64,AQL/' },
    ]);
  });

  test('rubbish holds no phrases and ends nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.boolean(), async (bytes, isArchive) => {
        const file = new Uint8Array(isArchive ? [0x50, 0x4b, 3, 4, ...bytes] : bytes);
        expect(await readBoards(file, 'Talk')).toBeUndefined();
      }),
    );
  });

  test('a picture that is no picture, or too large, is left out of the bank', () => {
    const bank = new PhraseBank([]).merge([
      { text: 'a', category: 'x', uses: 0, picture: 'javascript:alert(1)' },
      { text: 'b', category: 'x', uses: 0, picture: `data:image/png;base64,${'A'.repeat(100_000)}` },
    ]);
    expect(bank.phrases.map(({ picture }) => picture)).toEqual([undefined, undefined]);
  });
});

describe('ZIP archives', () => {
  test('a deflated member is read, and a small file that unpacks to a large one is refused', async () => {
    const packed = deflated('a.txt', bytesOf('hello '.repeat(20)));
    expect(new TextDecoder().decode((await readZip(packed, LIMITS)).get('a.txt'))).toBe('hello '.repeat(20));
    await expect(readZip(deflated('a.txt', new Uint8Array(100_000)), LIMITS)).rejects.toThrow('more than is read');
  });
});

/** An archive of one member, as other programs make it. */
function deflated(name: string, content: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(deflateRawSync(content));
  const archive = writeZip(new Map([[name, packed]]));
  const view = new DataView(archive.buffer);
  const central = 30 + name.length + packed.length;
  view.setUint16(8, 8, true);
  view.setUint16(central + 10, 8, true);
  view.setUint32(central + 24, content.length, true);
  return archive;
}
