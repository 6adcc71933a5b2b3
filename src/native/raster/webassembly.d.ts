/** The little of the WebAssembly interface that is used here; the library of types for Node leaves it to the DOM's. */
declare namespace WebAssembly {
  type Module = object;
  interface Instance {
    readonly exports: unknown;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module, imports: Readonly<Record<string, never>>) => Instance;
}
