import { UdpTransport } from 'werift';

interface Binding {
  readonly socket: NodeJS.EventEmitter;
  init: (this: Binding) => Promise<void>;
}

const ignore = (): void => undefined;
let isCatching = false;

/**
 * The library listens to no error of its sockets: a port that another process took since the library looked, or an
 * address that is gone, would end this process. One that cannot be bound is refused instead, and the library tells of no
 * candidate there. Every peer of a process may ask for it; once is enough.
 */
export function catchSocketErrors(): void {
  if (isCatching) return;
  isCatching = true;
  const prototype = UdpTransport.prototype as unknown as Binding;
  const { init } = prototype;
  prototype.init = async function () {
    await new Promise<void>((bound, failed) => {
      this.socket.once('error', failed);
      init.call(this).then(bound, failed);
    });
    this.socket.removeAllListeners('error');
    this.socket.on('error', ignore);
  };
}
