import type { ControlMessage, Emotion, Gesture } from '../protocol/control.ts';
import type { CallPort } from './call-port.ts';
import { byId, make } from './dom.ts';
import { GazePad } from './gaze-pad.ts';
import { onLanguageChange, t, type MessageKey } from './i18n.ts';

const EMOTIONS: readonly (readonly [Emotion, MessageKey])[] = [
  ['neutral', 'aid.express.neutral'],
  ['happy', 'aid.express.happy'],
  ['sad', 'aid.express.sad'],
  ['angry', 'aid.express.angry'],
  ['surprised', 'aid.express.surprised'],
  ['afraid', 'aid.express.afraid'],
  ['disgusted', 'aid.express.disgusted'],
];
const GESTURES: readonly (readonly [Gesture, MessageKey])[] = [
  ['nod', 'aid.express.nod'],
  ['shake', 'aid.express.shake'],
  ['blink', 'call.gesture.blink'],
  ['brow-shrug', 'aid.express.browShrug'],
  ['laugh', 'aid.express.laugh'],
];
const FRAME_RATES = [25, 30, 40] as const;

/** A slider, and how its value reads. */
interface Slider {
  readonly input: HTMLInputElement;
  readonly output: HTMLOutputElement;
  readonly rest: string;
  readonly read: (value: number) => string;
}

/** The expression panel: what is set here is said to the avatar at once, and again after every reconnection. */
export class Controls {
  readonly #call: CallPort;
  /** The last word on each matter, so that a new connection can be told. */
  readonly #said = new Map<string, ControlMessage>();
  readonly #gaze: GazePad;
  readonly #sliders: readonly Slider[];
  readonly #strength: Slider;

  constructor(call: CallPort) {
    this.#call = call;
    this.#gaze = new GazePad((target) => {
      this.#say({ type: 'gaze', target });
    });
    const percent = (value: number): string => `${value} %`;
    const degrees = (value: number): string => `${value}°`;
    this.#strength = slider('emotion-strength', percent, () => {
      this.#sayEmotion();
    });
    const pose = (): void => {
      const [yaw, pitch, roll] = ['pose-yaw', 'pose-pitch', 'pose-roll'].map(valueOf);
      this.#say({ type: 'pose', yaw: yaw ?? 0, pitch: pitch ?? 0, roll: roll ?? 0 });
    };
    this.#sliders = [
      this.#strength,
      slider('distance', percent, (value) => {
        this.#say({ type: 'distance', ratio: value === 100 ? null : value / 100 });
      }),
      slider('pose-yaw', degrees, pose),
      slider('pose-pitch', degrees, pose),
      slider('pose-roll', degrees, pose),
      slider('amplitude', percent, (value) => {
        this.#say({ type: 'amplitude', scale: value / 100 });
      }),
      slider('head-motion', percent, (value) => {
        this.#say({ type: 'head-motion', scale: value / 100 });
      }),
    ];
    this.#draw();
    onLanguageChange(() => {
      this.#draw();
    });
    byId('controls-reset', HTMLButtonElement).addEventListener('click', () => {
      this.#reset();
    });
    call.onState((state) => {
      if (state.type === 'idle' || state.type === 'ended') this.#said.clear();
    });
    // The first roster says that the channel is open; a later one that somebody came, which repeats nothing new.
    let told: CallPort['state'] | undefined;
    call.onMessage(({ type }) => {
      if (type !== 'roster' || told === call.state) return;
      told = call.state;
      for (const message of this.#said.values()) call.send(message);
    });
  }

  #draw(): void {
    const emotion = checkedValue('emotion') ?? 'neutral';
    byId('emotions', HTMLDivElement).replaceChildren(
      ...EMOTIONS.map(([name, key]) =>
        chip('emotion', name, t(key), name === emotion, () => {
          this.#sayEmotion();
        }),
      ),
    );
    const rate = checkedValue('frame-rate') ?? '25';
    byId('frame-rates', HTMLDivElement).replaceChildren(
      ...FRAME_RATES.map((framesPerSecond) =>
        chip('frame-rate', String(framesPerSecond), String(framesPerSecond), String(framesPerSecond) === rate, () => {
          this.#say({ type: 'frame-rate', framesPerSecond });
        }),
      ),
    );
    byId('gestures', HTMLDivElement).replaceChildren(
      ...GESTURES.map(([name, key]) => {
        const button = make('button', { className: 'chip', textContent: t(key) });
        button.type = 'button';
        button.addEventListener('click', () => this.#call.send({ type: 'gesture', name }));
        return button;
      }),
    );
  }

  #sayEmotion(): void {
    const name = (EMOTIONS.find(([each]) => each === checkedValue('emotion')) ?? EMOTIONS[0])?.[0] ?? 'neutral';
    this.#say({ type: 'emotion', name, strength: Number(this.#strength.input.value) / 100 });
  }

  #say(message: ControlMessage): void {
    this.#said.set(message.type, message);
    this.#call.send(message);
  }

  #reset(): void {
    for (const { input, output, rest, read } of this.#sliders) {
      input.value = rest;
      output.value = read(Number(rest));
    }
    this.#gaze.reset();
    check('emotion', 'neutral');
    check('frame-rate', '25');
    this.#say({ type: 'gaze', target: null });
    this.#say({ type: 'distance', ratio: null });
    this.#say({ type: 'pose', yaw: 0, pitch: 0, roll: 0 });
    this.#say({ type: 'emotion', name: 'neutral', strength: 0 });
    this.#say({ type: 'amplitude', scale: 1 });
    this.#say({ type: 'head-motion', scale: 1 });
    this.#say({ type: 'frame-rate', framesPerSecond: 25 });
  }
}

function slider(id: string, read: (value: number) => string, onInput: (value: number) => void): Slider {
  const input = byId(id, HTMLInputElement);
  const output = document.querySelector<HTMLOutputElement>(`output[for="${id}"]`) ?? make('output');
  output.value = read(Number(input.value));
  input.addEventListener('input', () => {
    const value = Number(input.value);
    output.value = read(value);
    onInput(value);
  });
  return { input, output, rest: input.defaultValue, read };
}

function chip(group: string, value: string, text: string, checked: boolean, onChoose: () => void): HTMLElement {
  const input = make('input');
  input.type = 'radio';
  input.name = group;
  input.value = value;
  input.checked = checked;
  input.addEventListener('change', onChoose);
  return make('label', { className: 'chip' }, input, document.createTextNode(text));
}

function checkedValue(group: string): string | undefined {
  return document.querySelector<HTMLInputElement>(`input[name="${group}"]:checked`)?.value;
}

function check(group: string, value: string): void {
  const input = document.querySelector<HTMLInputElement>(`input[name="${group}"][value="${value}"]`);
  if (input !== null) input.checked = true;
}

function valueOf(id: string): number {
  return Number(byId(id, HTMLInputElement).value);
}
