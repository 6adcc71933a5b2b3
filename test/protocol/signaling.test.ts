import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { avatarMessageSchema, speaksAsAvatar, toAvatarSchema } from '../../protocol/avatar.ts';
import { callerMessageSchema } from '../../protocol/caller.ts';
import { readText } from '../../protocol/read.ts';

const SDP = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n';
const join = { type: 'join', room: 'tea', portrait: 'astronaut', sdp: SDP };

describe('callerMessageSchema', () => {
  test('takes a join and fills in an empty name', () => {
    expect(readText(callerMessageSchema, JSON.stringify(join))).toEqual({
      kind: 'message',
      message: { ...join, name: '' },
    });
  });

  test.each([
    ['a room in any script', { ...join, room: 'Привет-مرحبا_1' }],
    ['a room with marks and a space', { ...join, room: 'मेरी बैठक' }],
    ['a room of an emoji', { ...join, room: '🎉' }],
    ['a Persian name with a non-joiner', { ...join, name: 'علی\u200cرضا' }],
    ['a family in a name', { ...join, name: '👨\u200d👩\u200d👧\u200d👦 family' }],
    ['40 characters that are many units', { ...join, name: '🏳️\u200d🌈'.repeat(30) + 'a'.repeat(10) }],
    ['the end of candidates', { type: 'candidate', candidate: null }],
    ['a candidate with fields to come', { type: 'candidate', candidate: { candidate: '', later: 1 } }],
  ])('takes %s', (_, message) => {
    expect(readText(callerMessageSchema, JSON.stringify(message)).kind).toBe('message');
  });

  test.each([
    ['rubbish', '\u0000\u0001', 'not JSON'],
    ['half a message', '{"type":"join"', 'not JSON'],
    ['null', 'null', 'message:'],
    ['SDP that is none', JSON.stringify({ ...join, sdp: '<html>' }), 'sdp:'],
    ['SDP without end', JSON.stringify({ ...join, sdp: `v=0${'x'.repeat(60_000)}` }), 'sdp:'],
    ['a room that is a path', JSON.stringify({ ...join, room: '../etc' }), 'room:'],
    ['an empty room', JSON.stringify({ ...join, room: '' }), 'room:'],
    ['a portrait that is a path', JSON.stringify({ ...join, portrait: 'a/../b' }), 'portrait:'],
    ['a name that turns the text around', JSON.stringify({ ...join, name: 'a\u202eb' }), 'name:'],
    ['a room with a space at its end', JSON.stringify({ ...join, room: 'tea ' }), 'room:'],
    ['a name of 41 characters', JSON.stringify({ ...join, name: 'é'.repeat(41) }), 'name:'],
    ['a name of too many bytes', JSON.stringify({ ...join, name: `a${'\u0301'.repeat(300)}` }), 'name:'],
    ['a joiner that hides in Latin', JSON.stringify({ ...join, name: 'Ad\u200da' }), 'name:'],
    ['a name with a line break', JSON.stringify({ ...join, name: 'a\nb' }), 'name:'],
    ['a candidate of a number', '{"type":"candidate","candidate":{"candidate":7}}', 'candidate.candidate:'],
  ])('says what is wrong with %s', (_, text, problem) => {
    const parsed = readText(callerMessageSchema, text);
    expect(parsed).toEqual({ kind: 'invalid', problem: expect.stringContaining(problem) as string });
  });

  test.each(['format-disk', 'load', 'toString'])(
    'tells a message of the unknown type "%s" from a broken one',
    (type) => {
      expect(readText(callerMessageSchema, JSON.stringify({ type }))).toEqual({ kind: 'unknown', type });
    },
  );

  test('who writes the same name in two ways is in the same room', () => {
    const room = (text: string): unknown => readText(callerMessageSchema, JSON.stringify({ ...join, room: text }));
    expect(room('cafe\u0301')).toEqual(room('caf\u00e9'));
    expect(room('मेरा')).not.toEqual(room('मेरी'));
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        readText(callerMessageSchema, text);
        readText(avatarMessageSchema, text);
        speaksAsAvatar(text);
      }),
    );
  });
});

describe('avatarMessageSchema', () => {
  test.each([
    ['a register', { type: 'register', version: 1, capacity: 5, active: 0 }, true],
    ['a negative capacity', { type: 'register', version: 1, capacity: -5, active: 0 }, false],
    ['an end with a code of the list', { type: 'end', peerId: 'p', code: 'SDP_UNUSABLE', message: '' }, true],
    ['an end with a newer code', { type: 'end', peerId: 'p', code: 'OOPS', message: '' }, true],
    ['an answer to nobody', { type: 'answer', sdp: SDP }, false],
  ])('%s: %#', (_, message, ok) => {
    expect(readText(avatarMessageSchema, JSON.stringify(message)).kind === 'message').toBe(ok);
  });
});

describe('toAvatarSchema', () => {
  test.each([
    '',
    '{',
    'null',
    '17',
    '[]',
    '{}',
    '{"type":"visit"}',
    '{"type":"gone","peerId":7,"reason":""}',
    '{"type":"candidate","peerId":"p","candidate":"x"}',
    '{"type":"withdrawn","tokenId":"t","expiresS":"soon"}',
  ])('takes %s for no message of a signaling server', (text) => {
    expect(readText(toAvatarSchema, text).kind).toBe('invalid');
  });

  test.each(['{"type":"toString"}', '{"type":"news","of":"tomorrow"}'])('passes over %s, of a newer server', (text) => {
    expect(readText(toAvatarSchema, text).kind).toBe('unknown');
  });

  test.each([
    '{"type":"heartbeat"}',
    '{"type":"gone","peerId":"p","reason":"left"}',
    '{"type":"candidate","peerId":"p","candidate":null}',
    '{"type":"withdrawn","tokenId":"t","expiresS":1.5}',
  ])('takes %s for one', (text) => {
    expect(readText(toAvatarSchema, text)).toEqual({ kind: 'message', message: JSON.parse(text) as object });
  });
});
