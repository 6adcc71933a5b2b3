import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

import { assert } from '../base/errors.ts';
import { DURATION_BOUNDS_S, type Labels, type Meter } from '../base/meter.ts';

/**
 * The process's figures for Prometheus. An instrument's labels are those of its first use: Prometheus wants them known
 * beforehand, and code that meters should not have to say them twice.
 */
export class PrometheusMeter implements Meter {
  readonly #registry = new Registry();
  readonly #instruments = new Map<
    string,
    { readonly kind: Kind; readonly of: (labels: string[]) => Instrument | undefined }
  >();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  counter(name: string, help: string): { add(amount: number, labels?: Labels): void } {
    const of = this.#lazy(
      'counter',
      name,
      (labelNames) => new Counter({ name, help, labelNames, registers: [this.#registry] }),
    );
    return {
      add: (amount, labels = {}) => {
        const instrument = of(Object.keys(labels));
        if (instrument instanceof Counter) instrument.inc(labels, amount);
      },
    };
  }

  gauge(name: string, help: string): { set(value: number, labels?: Labels): void } {
    const of = this.#lazy(
      'gauge',
      name,
      (labelNames) => new Gauge({ name, help, labelNames, registers: [this.#registry] }),
    );
    return {
      set: (value, labels = {}) => {
        const instrument = of(Object.keys(labels));
        if (instrument instanceof Gauge) instrument.set(labels, value);
      },
    };
  }

  histogram(
    name: string,
    help: string,
    bounds: readonly number[] = DURATION_BOUNDS_S,
  ): { observe(value: number, labels?: Labels): void } {
    const buckets = [...bounds];
    const of = this.#lazy(
      'histogram',
      name,
      (labelNames) => new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] }),
    );
    return {
      observe: (value, labels = {}) => {
        const instrument = of(Object.keys(labels));
        if (instrument instanceof Histogram) instrument.observe(labels, value);
      },
    };
  }

  /** The text that Prometheus scrapes, and its content type. */
  async expose(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #lazy(
    kind: Kind,
    name: string,
    make: (labelNames: string[]) => Instrument,
  ): (labelNames: string[]) => Instrument | undefined {
    const known = this.#instruments.get(name);
    assert(known === undefined || known.kind === kind, `${name} is one kind of instrument`);
    if (known !== undefined) return known.of;
    let instrument: Instrument | undefined;
    let names = '';
    const of = (labelNames: string[]): Instrument | undefined => {
      if (instrument === undefined) names = labelNames.toSorted().join();
      instrument ??= make(labelNames);
      // A figure with other labels than the first is a mistake, but no reason to end a call.
      return labelNames.toSorted().join() === names ? instrument : undefined;
    };
    this.#instruments.set(name, { kind, of });
    return of;
  }
}

type Kind = 'counter' | 'gauge' | 'histogram';
type Instrument = Counter | Gauge | Histogram;
