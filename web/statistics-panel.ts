import type { PageCall } from './call.ts';
import { byId, make } from './dom.ts';
import { t, type MessageKey } from './i18n.ts';
import { Statistics, type AvatarFigures } from '../client/statistics.ts';

const INTERVAL_MS = 1000;

/** The figures of the call, once a second while somebody looks. */
export class StatisticsPanel {
  readonly #call: PageCall;
  readonly #list = byId('statistics', HTMLDListElement);
  #timer = 0;
  #statistics = new Statistics();

  constructor(call: PageCall) {
    this.#call = call;
  }

  start(): void {
    this.stop();
    this.#statistics = new Statistics();
    void this.#measure();
    this.#timer = setInterval(() => void this.#measure(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #measure(): Promise<void> {
    const { link, participants, state } = this.#call;
    if (link === undefined) return;
    const report = await link.statistics;
    const rows: Node[] = [
      ...row('call.stats.path', t(state.type === 'live' && state.relay ? 'call.stats.relay' : 'call.stats.direct')),
      ...row('call.stats.roundTrip', milliseconds(this.#statistics.roundTripMs(report))),
    ];
    const places = participants.length === 0 ? [{ name: '', isSelf: true, place: link.ownPlace }] : participants;
    for (const { name, isSelf, place } of places) {
      if (place === undefined) continue;
      const who = isSelf ? t('call.stats.self') : name || t('call.somebody');
      rows.push(make('dt', { className: 'statistics-who', textContent: who }));
      rows.push(...rowsOf(this.#statistics.figures(report, place)));
    }
    this.#list.replaceChildren(...rows);
  }
}

function rowsOf(figures: AvatarFigures): Node[] {
  const { bitrateBps, bufferMs, framesPerSecond, freezes, lipSyncMs, loss, size } = figures;
  return [
    ...row('call.stats.rate', framesPerSecond === undefined ? undefined : `${Math.round(framesPerSecond)} /s`),
    ...row('call.stats.size', size),
    ...row('call.stats.bitrate', bitrateBps === undefined ? undefined : `${Math.round(bitrateBps / 1000)} kbit/s`),
    ...row('call.stats.delay', milliseconds(bufferMs)),
    ...row('call.stats.lipSync', milliseconds(lipSyncMs)),
    ...row('call.stats.loss', loss === undefined ? undefined : `${(loss * 100).toFixed(1)} %`),
    ...row('call.stats.freezes', freezes?.toString()),
  ];
}

function row(key: MessageKey, value: string | undefined): Node[] {
  return [make('dt', { textContent: t(key) }), make('dd', { textContent: value ?? '–' })];
}

function milliseconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${Math.round(value)} ms`;
}
