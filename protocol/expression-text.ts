import { EMOTIONS, type ControlMessage, type Emotion, type Gesture } from './control.ts';

/** Expression that was written into a text: `:)`, `[smile]`, `[happy 0.4]`, `[nod]`, or an emoji with a face. */
export interface ExpressionCue {
  /** Where in the spoken text it belongs. */
  readonly at: number;
  readonly control: ControlMessage;
}

export interface ExpressiveText {
  /** What is left for the voice and the captions. */
  readonly text: string;
  /** In the order in which they come. */
  readonly cues: readonly ExpressionCue[];
}

const feel = (name: Emotion, strength = 0.8): ControlMessage => ({ type: 'emotion', name, strength });
const make = (name: Gesture): ControlMessage => ({ type: 'gesture', name });
const AT_LISTENER: ControlMessage = { type: 'gaze', target: { yaw: 0, pitch: 0 } };
const ASIDE: ControlMessage = { type: 'gaze', target: { yaw: 14, pitch: 3 } };

const TAGS: Readonly<Record<string, ControlMessage>> = {
  smile: feel('happy', 0.7),
  calm: feel('neutral', 0),
  nod: make('nod'),
  yes: make('nod'),
  shake: make('shake'),
  no: make('shake'),
  blink: make('blink'),
  wink: make('blink'),
  shrug: make('brow-shrug'),
  laugh: make('laugh'),
  look: AT_LISTENER,
  aside: ASIDE,
};

const SIGNS: readonly (readonly [string, ControlMessage])[] = [
  ['>:(', feel('angry')],
  [":'(", feel('sad', 1)],
  [':-)', feel('happy', 0.7)],
  [':)', feel('happy', 0.7)],
  ['=)', feel('happy', 0.7)],
  [':-D', make('laugh')],
  [':D', make('laugh')],
  ['XD', make('laugh')],
  [';-)', make('blink')],
  [';)', make('blink')],
  [':-(', feel('sad')],
  [':(', feel('sad')],
  [':-O', feel('surprised')],
  [':O', feel('surprised')],
  [':o', feel('surprised')],
];

const EMOJI: readonly (readonly [string, ControlMessage])[] = [
  ['😀😃😄😁😊🙂😍🥰☺❤', feel('happy')],
  ['😂🤣😆😅', make('laugh')],
  ['😢😭☹🙁😞😔😟💔', feel('sad')],
  ['😠😡🤬👿', feel('angry')],
  ['😮😲😯🤯😳', feel('surprised')],
  ['😱😨😰😧', feel('afraid')],
  ['🤢🤮🤨😒', feel('disgusted', 0.6)],
  ['😉', make('blink')],
  ['👍👌✅', make('nod')],
  ['👎❌', make('shake')],
  ['🤷😐', make('brow-shrug')],
];
const OF_EMOJI: ReadonlyMap<string, ControlMessage> = new Map(
  EMOJI.flatMap(([faces, control]) => Array.from(faces, (face) => [face, control] as const)),
);

const escaped = SIGNS.map(([sign]) => sign.replace(/[()|[\]^$.*+?]/g, '\\$&')).join('|');
const MARKS = new RegExp(
  // A sign stands alone between spaces or after a mark; in "http://" or "12:00" it is only text.
  String.raw`\[\s*([a-z][a-z-]*)(?:\s+(\d(?:\.\d+)?))?\s*\]|(?<=^|[\s.,!?…؟])(${escaped})(?=$|[\s.,!?…؟])|(\p{Extended_Pictographic})[\p{Emoji_Modifier}\ufe0f\u200d]*`,
  'giu',
);

/** Takes expression out of a text. Brackets that name none stay; emoji without a face are left out. */
export function readExpression(written: string): ExpressiveText {
  const cues: ExpressionCue[] = [];
  let text = '';
  let from = 0;
  for (const match of written.matchAll(MARKS)) {
    const [whole, tag, strength, sign, emoji] = match;
    const control = controlOf(tag, strength, sign, emoji);
    if (control === undefined && emoji === undefined) continue;
    text = joined(text, written.slice(from, match.index));
    from = match.index + whole.length;
    if (control !== undefined) cues.push({ at: text.length, control });
  }
  text = joined(text, written.slice(from)).trimEnd();
  return { text, cues: cues.map((cue) => ({ ...cue, at: Math.min(cue.at, text.length) })) };
}

function controlOf(tag?: string, strength?: string, sign?: string, emoji?: string): ControlMessage | undefined {
  if (tag !== undefined) {
    const name = tag.toLowerCase();
    const emotion = EMOTIONS.find((one) => one === name);
    const control = emotion === undefined ? TAGS[name] : feel(emotion);
    if (control?.type !== 'emotion' || strength === undefined) return control;
    return { ...control, strength: Math.min(1, Number(strength)) };
  }
  if (sign !== undefined) return SIGNS.find(([one]) => one.toLowerCase() === sign.toLowerCase())?.[1];
  return emoji === undefined ? undefined : OF_EMOJI.get(emoji);
}

/** One space where a mark was taken out, none before a full stop. */
function joined(before: string, after: string): string {
  if (before === '') return after.trimStart();
  if (/^[.,!?…؟]/u.test(after.trimStart())) return before.trimEnd() + after.trimStart();
  return /\s$/u.test(before) ? before + after.trimStart() : before + after;
}
