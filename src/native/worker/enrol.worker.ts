import { PortraitEnroller } from './enrol-portrait.ts';
import type { Enrolled, EnrolProgress, EnrolRequest } from './enrol-protocol.ts';
import { serveParent } from './serve-parent.ts';

// The networks are loaded while the first portrait is still on its way. A failure is told to whoever asks.
const opening = PortraitEnroller.open();
opening.catch(() => undefined);

serveParent<EnrolRequest, Enrolled, EnrolProgress>(async ({ image, consent }, { signal, onProgress }) => {
  const enroller = await opening;
  return enroller.enrol(image, consent, { signal, onProgress });
});
