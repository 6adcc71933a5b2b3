import { isRecord, type Json } from './json.ts';
import { withoutMarks, type Phrase } from './phrase-bank.ts';
import { readZip, writeZip } from './zip.ts';

/** Open Board Format 0.1 (openboardformat.org): one board a group of phrases, one button a phrase. */
const FORMAT = 'open-board-0.1';
const COLUMNS = 4;
const LIMITS = { members: 5000, bytes: 50_000_000 };
const PICTURE_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
};

/** @returns whether a file is an archive of boards, by its first bytes. */
export function isArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/**
 * Reads the phrases of a board (`.obf`) or of an archive of boards (`.obz`).
 * @param category - for a board without a name.
 * @returns the phrases, or `undefined` where there are none.
 */
export async function readBoards(bytes: Uint8Array<ArrayBuffer>, category: string): Promise<Phrase[] | undefined> {
  if (!isArchive(bytes)) return filled(phrasesOf(parsed(bytes), category, new Map()));
  try {
    const members = await readZip(bytes, LIMITS);
    const boards = [...members].filter(([name]) => name.toLowerCase().endsWith('.obf'));
    return filled(boards.flatMap(([, board]) => phrasesOf(parsed(board), category, members)));
  } catch {
    return undefined;
  }
}

/** @returns an archive with a board for each group, and a first one that leads to them. */
export function writeBoards(phrases: readonly Phrase[], locale: string): Uint8Array<ArrayBuffer> {
  const groups = [...new Set(phrases.map(({ category }) => category))];
  const pathOf = (index: number): string => `boards/${index + 1}.obf`;
  const home = board(
    'home',
    'Visavis',
    locale,
    groups.map((label, index) => ({ label, load_board: { id: `${index + 1}`, path: pathOf(index) } })),
    [],
  );
  const files = new Map([['boards/home.obf', encoded(home)]]);
  for (const [index, group] of groups.entries()) {
    const own = phrases.filter(({ category }) => category === group);
    const images = own.flatMap(({ picture }, place) => (picture === undefined ? [] : [imageOf(`i${place}`, picture)]));
    const buttons = own.map(({ text, picture }, place) => ({
      label: withoutMarks(text).trim() || text,
      vocalization: text,
      ...(picture === undefined ? {} : { image_id: `i${place}` }),
    }));
    files.set(pathOf(index), encoded(board(`${index + 1}`, group, locale, buttons, images)));
  }
  const boards = Object.fromEntries([
    ['home', 'boards/home.obf'],
    ...groups.map((_, index) => [`${index + 1}`, pathOf(index)]),
  ]) as Json;
  const paths = { boards, images: {}, sounds: {} };
  return writeZip(new Map([['manifest.json', encoded({ format: FORMAT, root: 'boards/home.obf', paths })], ...files]));
}

function board(id: string, name: string, locale: string, buttons: readonly Json[], images: readonly Json[]): Json {
  const ids = buttons.map((_, index) => `${index + 1}`);
  const rows = Math.max(1, Math.ceil(ids.length / COLUMNS));
  const order = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: COLUMNS }, (_, column) => ids[row * COLUMNS + column] ?? null),
  );
  return {
    format: FORMAT,
    id,
    locale,
    name,
    buttons: buttons.map((button, index) => ({ id: ids[index], ...button })),
    grid: { rows, columns: COLUMNS, order },
    images,
    sounds: [],
  };
}

function imageOf(id: string, picture: string): Json {
  return {
    id,
    data: picture,
    content_type: /^data:([^;]+)/.exec(picture)?.[1] ?? 'image/png',
    width: 128,
    height: 128,
  };
}

function phrasesOf(json: unknown, category: string, members: ReadonlyMap<string, Uint8Array>): Phrase[] {
  if (!isRecord(json) || !Array.isArray(json['buttons'])) return [];
  const name = typeof json['name'] === 'string' && json['name'].trim() !== '' ? json['name'] : category;
  const images = new Map(records(json['images']).map((image) => [image['id'], image]));
  return records(json['buttons']).flatMap((button) => {
    // A button that leads to another board says nothing.
    if (button['load_board'] !== undefined) return [];
    const text = [button['vocalization'], button['label']].find(
      (one): one is string => typeof one === 'string' && one.trim() !== '' && !one.startsWith(':'),
    );
    if (text === undefined) return [];
    const picture = pictureOf(images.get(button['image_id']), members);
    return [{ text, category: name, uses: 0, ...(picture === undefined ? {} : { picture }) }];
  });
}

/** Pictures that have to be fetched from elsewhere are left out: the request would tell another server who reads the board. */
function pictureOf(image: Json | undefined, members: ReadonlyMap<string, Uint8Array>): string | undefined {
  if (image === undefined) return undefined;
  const { data, path } = image;
  if (typeof data === 'string' && data.startsWith('data:image/')) return data;
  const bytes = typeof path === 'string' ? members.get(path) : undefined;
  const type = typeof path === 'string' ? PICTURE_TYPES[path.split('.').at(-1)?.toLowerCase() ?? ''] : undefined;
  if (bytes === undefined || type === undefined) return undefined;
  return `data:${type};base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function encoded(json: Json): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}

function filled(phrases: Phrase[]): Phrase[] | undefined {
  return phrases.length > 0 ? phrases : undefined;
}

function records(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
