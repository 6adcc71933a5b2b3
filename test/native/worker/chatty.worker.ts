/** A child that works without a pause, and tells each step. */
import { serveParent } from '../../../src/native/worker/serve-parent.ts';

serveParent<string, string, string>(async (_request, { onProgress }) => {
  for (;;) {
    // Its parent may go while it is at work, and it tells the next step before it can hear of that.
    const untilMs = performance.now() + 300;
    while (performance.now() < untilMs);
    onProgress('one step');
    await new Promise((later) => setImmediate(later));
  }
});
