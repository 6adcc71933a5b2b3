import { t, type MessageKey } from '../i18n.ts';

type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/** Makes an element: strings become attributes, `true` an empty one, functions listeners (`onclick`), the rest children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** @returns attributes that keep an element's text in the page's language. */
export function text(key: MessageKey): Attributes {
  return { 'data-i18n': key };
}

/** Makes an element whose text follows the page's language. */
export function said<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  key: MessageKey,
  attributes: Attributes = {},
): HTMLElementTagNameMap[Tag] {
  return h(tag, { ...attributes, ...text(key) }, t(key));
}

/** A button with a text that follows the page's language. */
export function button(key: MessageKey, onclick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return said('button', key, { type: 'button', class: 'button', ...attributes, onclick });
}

/** A tick box of 44 px with its text. */
export function tick(key: MessageKey, checked: boolean, onchange: (checked: boolean) => void): HTMLLabelElement {
  const box = h('input', { type: 'checkbox' });
  box.checked = checked;
  box.addEventListener('change', () => {
    onchange(box.checked);
  });
  return h('label', { class: 'check' }, box, said('span', key));
}

/** A choice among texts that follow the page's language. */
export function choice<Value extends string>(
  key: MessageKey,
  options: Readonly<Record<Value, MessageKey>>,
  chosen: Value,
  onchange: (value: Value) => void,
): HTMLDivElement {
  const id = freshId('choice');
  const select = h('select', { id });
  const values = Object.keys(options) as Value[];
  select.append(...values.map((value) => said('option', options[value], { value })));
  select.value = chosen;
  select.addEventListener('change', () => {
    onchange(values[select.selectedIndex] ?? chosen);
  });
  return h('div', { class: 'field' }, said('label', key, { for: id }), select);
}

/** A slider with its name and its value. */
export function slider(
  key: MessageKey,
  range: { readonly min: number; readonly max: number; readonly step: number; readonly value: number },
  show: (value: number) => string,
  onchange: (value: number) => void,
): HTMLLabelElement {
  const id = freshId('slider');
  const input = h('input', { id, type: 'range', min: `${range.min}`, max: `${range.max}`, step: `${range.step}` });
  input.value = `${range.value}`;
  const output = h('output', { for: id }, show(range.value));
  input.addEventListener('input', () => {
    output.textContent = show(input.valueAsNumber);
    onchange(input.valueAsNumber);
  });
  return h('label', { class: 'slider', for: id }, said('span', key), input, output);
}

/** A part of the aid that folds away. */
export function fold(key: MessageKey, ...children: Child[]): HTMLDetailsElement {
  return h(
    'details',
    { class: 'aid-fold' },
    h('summary', {}, said('h3', key)),
    h('div', { class: 'aid-fold-body' }, ...children),
  );
}

/** A part of the aid with a heading. */
export function section(key: MessageKey, className: string, ...children: Child[]): HTMLElement {
  const id = freshId('heading');
  return h('section', { class: className, 'aria-labelledby': id }, said('h3', key, { id }), ...children);
}

let made = 0;

/** @returns an id that no other element has, to tie a label or a description to its element. */
export function freshId(stem: string): string {
  return `aid-${stem}-${++made}`;
}
