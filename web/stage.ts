import { announce } from './announce.ts';
import type { Participant } from '../client/participant.ts';
import type { PageCall } from './call.ts';
import { byId, make } from './dom.ts';
import { t } from './i18n.ts';
import { watchPlaying } from './self-view.ts';

interface Tile {
  readonly element: HTMLElement;
  readonly video: HTMLVideoElement;
  readonly name: HTMLElement;
  key: string;
}

/** The others' pictures, large beside one's own; alone in a room one's own is large, as in a mirror. */
export class Stage {
  readonly #call: PageCall;
  readonly #stage = byId('stage', HTMLDivElement);
  readonly #others = byId('others', HTMLUListElement);
  readonly #alone = byId('alone', HTMLParagraphElement);
  readonly #unmute = byId('unmute-sound', HTMLButtonElement);
  readonly #tiles = new Map<string, Tile>();
  #link: PageCall['link'];
  /** Names of the others by id. */
  #known: ReadonlyMap<string, string> = new Map();

  constructor(call: PageCall) {
    this.#call = call;
    this.#unmute.addEventListener('click', () => {
      this.#unmute.hidden = true;
      for (const { video } of this.#tiles.values()) void video.play();
    });
    call.onParticipants((participants) => {
      this.#show(participants);
    });
    call.onState((state) => {
      if (state.type === 'idle' || state.type === 'ended') this.#clear();
    });
  }

  #show(participants: readonly Participant[]): void {
    const { link } = this.#call;
    if (link === undefined) return;
    const others = participants.filter(({ isSelf }) => !isSelf);
    for (const [participantId, tile] of this.#tiles) {
      if (others.some((other) => other.participantId === participantId)) continue;
      tile.video.srcObject = null;
      tile.element.remove();
      this.#tiles.delete(participantId);
    }
    for (const other of others) this.#place(other);
    this.#link = link;
    this.#stage.dataset['count'] = String(others.length);
    this.#alone.hidden = others.length > 0 || participants.length === 0;
    this.#tell(others);
  }

  #place(other: Participant): void {
    const tile = this.#tiles.get(other.participantId) ?? this.#makeTile(other.participantId);
    tile.name.textContent = other.name || t('call.somebody');
    tile.element.classList.toggle('away', other.state === 'interrupted');
    tile.video.setAttribute('aria-label', t('call.video.of', { name: tile.name.textContent }));
    const { link } = this.#call;
    const { place } = other;
    if (link === undefined || place === undefined) return;
    // The same place on the same connection is the same stream: setting it again would restart it.
    const key = `${place.videoMid} ${place.audioMid ?? ''}`;
    if (tile.key === key && tile.video.srcObject !== null && this.#link === link) return;
    tile.key = key;
    tile.video.srcObject = link.streamOf(place);
    tile.video.play().catch((thrown: unknown) => {
      if (thrown instanceof DOMException && thrown.name === 'NotAllowedError') this.#unmute.hidden = false;
    });
  }

  #makeTile(participantId: string): Tile {
    const video = make('video');
    video.autoplay = true;
    video.playsInline = true;
    video.dataset['testid'] = 'remote-video';
    const name = make('p', { className: 'tile-name' });
    const wait = make('div', { className: 'tile-wait' });
    const element = make('li', { className: 'tile' }, video, wait, name);
    watchPlaying(video, element, () => undefined);
    this.#others.append(element);
    const tile = { element, video, name, key: '' };
    this.#tiles.set(participantId, tile);
    return tile;
  }

  #tell(others: readonly Participant[]): void {
    const now = new Map(others.map(({ participantId, name }) => [participantId, name || t('call.somebody')]));
    const came = [...now].filter(([id]) => !this.#known.has(id)).map(([, name]) => t('call.came', { name }));
    const went = [...this.#known].filter(([id]) => !now.has(id)).map(([, name]) => t('call.went', { name }));
    // In one go: a second announcement would take the place of the first.
    if (came.length + went.length > 0) announce([...came, ...went].join('. '));
    this.#known = now;
  }

  #clear(): void {
    for (const { element, video } of this.#tiles.values()) {
      video.srcObject = null;
      element.remove();
    }
    this.#tiles.clear();
    this.#known = new Map();
    this.#link = undefined;
    this.#stage.dataset['count'] = '0';
    this.#unmute.hidden = true;
    this.#alone.hidden = true;
  }
}
