import { PortraitEnroller } from './enrol-portrait.ts';
import type { Enrolled, EnrolRequest } from './enrol-protocol.ts';
import { serve } from './serve.ts';

// Loaded with the first portrait, so that an idle worker costs nothing.
let opening: Promise<PortraitEnroller> | undefined;

serve<EnrolRequest, Enrolled>(async ({ image, consent, declared, progress }) => {
  const abort = new AbortController();
  progress.once('message', () => {
    abort.abort();
  });
  opening ??= PortraitEnroller.open();
  try {
    const enroller = await opening;
    const reply = await enroller.enrol(image, consent, {
      ...(declared === undefined ? {} : { declared }),
      signal: abort.signal,
      onProgress: (step) => {
        progress.postMessage(step);
      },
    });
    return { reply };
  } finally {
    progress.close();
  }
});
