import type { FromViewFrame, ToViewFrame } from '../protocol/view-frame.ts';

type Message = ToViewFrame extends infer T ? (T extends unknown ? Omit<T, 'visavis'> : never) : never;

/**
 * `<visavis-avatar src="VIEW URL">` shows an avatar on any page: `src` is the `viewUrl` of a session. With the attribute `muted`
 * it is silent, and `fit="cover"` fills the element. It fires `statechange` when `state`, `muted` or the picture's size changes.
 * The server's operator has to list the page's origin (`VISAVIS_FRAME_ANCESTORS`).
 */
export class AvatarElement extends HTMLElement {
  static readonly observedAttributes = ['src', 'muted', 'fit'] as const;
  readonly #frame = document.createElement('iframe');
  #last: FromViewFrame | undefined;
  readonly #hear = ({ data, source }: MessageEvent<unknown>): void => {
    if (source !== this.#frame.contentWindow || !isState(data)) return;
    const isFirst = this.#last === undefined;
    this.#last = data;
    if (isFirst) this.#say({ type: 'mute', muted: this.hasAttribute('muted') });
    this.dispatchEvent(new Event('statechange'));
  };

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const style = document.createElement('style');
    style.textContent =
      ':host{display:inline-block;width:512px;aspect-ratio:1}iframe{display:block;width:100%;height:100%;border:0}';
    this.#frame.allow = 'autoplay';
    this.#frame.title = 'AI avatar';
    root.append(style, this.#frame);
  }

  /** `waiting` connects, or tries again; `over`: the session has ended, or the address is wrong. */
  get state(): FromViewFrame['state'] {
    return this.#last?.state ?? 'waiting';
  }

  /** Whether it is silent now, also because the browser did not allow sound. */
  get muted(): boolean {
    return this.#last?.muted ?? this.hasAttribute('muted');
  }

  /** Browsers allow sound once somebody has touched the page: set it in the handler of a click. */
  set muted(muted: boolean) {
    this.toggleAttribute('muted', muted);
    this.#say({ type: 'mute', muted });
  }

  /** 0..1 */
  get volume(): number {
    return this.#last?.volume ?? 1;
  }

  set volume(volume: number) {
    this.#say({ type: 'volume', volume });
  }

  get videoWidth(): number {
    return this.#last?.width ?? 0;
  }

  get videoHeight(): number {
    return this.#last?.height ?? 0;
  }

  connectedCallback(): void {
    addEventListener('message', this.#hear);
    this.#show();
  }

  disconnectedCallback(): void {
    removeEventListener('message', this.#hear);
    this.#frame.removeAttribute('src');
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === 'src') this.#show();
    else if (name === 'fit') this.#say({ type: 'fit', fit: this.#fit });
    else this.#say({ type: 'mute', muted: this.hasAttribute('muted') });
  }

  get #fit(): 'contain' | 'cover' {
    return this.getAttribute('fit') === 'cover' ? 'cover' : 'contain';
  }

  #show(): void {
    this.#last = undefined;
    const source = this.getAttribute('src') ?? '';
    if (!URL.canParse(source, document.baseURI)) {
      this.#frame.removeAttribute('src');
      return;
    }
    const url = new URL(source, document.baseURI);
    if (this.hasAttribute('muted')) url.searchParams.set('muted', '1');
    if (this.#fit === 'cover') url.searchParams.set('fit', 'cover');
    this.#frame.src = url.href;
  }

  #say(message: Message): void {
    if (this.#frame.src === '') return;
    this.#frame.contentWindow?.postMessage({ visavis: 1, ...message }, new URL(this.#frame.src).origin);
  }
}

/** Makes the element known to the page; once is enough. */
export function defineAvatarElement(): void {
  if (customElements.get('visavis-avatar') === undefined) customElements.define('visavis-avatar', AvatarElement);
}

function isState(data: unknown): data is FromViewFrame {
  return typeof data === 'object' && data !== null && 'visavis' in data && data.visavis === 1 && 'state' in data;
}
