import { UdpTransport } from 'werift';

interface Binding {
  readonly socket: NodeJS.EventEmitter;
  init: (this: Binding) => Promise<void>;
}

const ignore = (): void => undefined;

/**
 * The library listens to no error of its sockets: a port that another process took since the library looked, or an
 * address that is gone, would end this process. One that cannot be bound is refused instead, and the library tells of no
 * candidate there.
 */
export function catchSocketErrors(): void {
  const prototype = UdpTransport.prototype as unknown as Binding;
  const { init } = prototype;
  prototype.init = async function () {
    await new Promise<void>((bound, failed) => {
      this.socket.once('error', failed);
      init.call(this).then(bound, failed);
    });
    this.socket.on('error', ignore);
  };
}
