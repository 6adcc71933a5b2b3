/** Starts a child, says so when it hears from it, and waits to be killed. */
import { ChildClient } from '../../../src/native/worker/child-client.ts';

const entry = new URL('./chatty.worker.ts', import.meta.url);
const child = new ChildClient<string, string, string>({ entry, name: 'chatty' });
let isTold = false;
await child.request('go', {
  onProgress: () => {
    if (!isTold) process.stdout.write('heard\n');
    isTold = true;
  },
});
