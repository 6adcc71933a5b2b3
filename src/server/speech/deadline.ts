import { AvatarError } from '../../base/errors.ts';

/** How long a voice may take before it counts as failed. A voice that is merely slow is better than none. */
export interface Deadlines {
  /** From the request to the first sound. */
  readonly firstMs: number;
  /** From one piece of sound to the next. */
  readonly stallMs: number;
}

export const DEFAULT_DEADLINES: Deadlines = { firstMs: 2500, stallMs: 2000 };

/**
 * Passes a stream on and watches its pace.
 * @param cancel - frees the source; called once, however this ends.
 * @throws AvatarError `SPEECH_FAILED` when the next item does not come in time; what `signal` aborted with.
 */
export async function* withDeadlines<T>(
  source: AsyncIterable<T>,
  deadlines: Deadlines,
  signal: AbortSignal,
  cancel: () => void,
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let limitMs = deadlines.firstMs;
  try {
    for (;;) {
      const next = await within(iterator.next(), limitMs, signal);
      if (next.done === true) return;
      yield next.value;
      limitMs = deadlines.stallMs;
    }
  } finally {
    cancel();
  }
}

/** @throws AvatarError `SPEECH_FAILED` after `limitMs`; what `signal` aborted with. */
export function within<T>(promise: Promise<T>, limitMs: number, signal: AbortSignal): Promise<T> {
  // Nobody may be left to hear that it failed once this has given up on it.
  promise.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const give = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    const abort = (): void => {
      give();
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    };
    const timer = setTimeout(() => {
      give();
      reject(new AvatarError('SPEECH_FAILED', `No sound for ${limitMs} ms`));
    }, limitMs);
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort);
    promise.then(
      (value) => {
        give();
        resolve(value);
      },
      (thrown: unknown) => {
        give();
        reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      },
    );
  });
}
