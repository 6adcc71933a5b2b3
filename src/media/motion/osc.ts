/** An argument of an OSC message: text, or a number, which is sent as a float unless `int` says otherwise. */
export type OscArgument = string | number | { readonly int: number };

/** @returns one message of Open Sound Control 1.0: address, type tags and arguments, each a multiple of 4 bytes long. */
export function oscMessage(address: string, ...args: readonly OscArgument[]): Uint8Array {
  const tags = args.map((arg) => (typeof arg === 'string' ? 's' : typeof arg === 'number' ? 'f' : 'i')).join('');
  return joined([oscText(address), oscText(`,${tags}`), ...args.map(oscArgument)]);
}

/** @returns a bundle that is to be taken at once. */
export function oscBundle(messages: readonly Uint8Array[]): Uint8Array {
  const immediately = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1);
  return joined([
    oscText('#bundle'),
    immediately,
    ...messages.flatMap((message) => [
      bytesOf((view) => {
        view.setInt32(0, message.length);
      }),
      message,
    ]),
  ]);
}

function oscArgument(arg: OscArgument): Uint8Array {
  if (typeof arg === 'string') return oscText(arg);
  return bytesOf((view) => {
    if (typeof arg === 'number') view.setFloat32(0, arg);
    else view.setInt32(0, arg.int);
  });
}

/** Text ends with at least one zero. */
function oscText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(4 * (Math.floor(bytes.length / 4) + 1));
  padded.set(bytes);
  return padded;
}

function bytesOf(write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(4);
  write(new DataView(bytes.buffer));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
