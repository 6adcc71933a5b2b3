/** The parts of the browser's interface for extensions that this one uses (developer.chrome.com/docs/extensions/reference). */
interface StorageArea {
  get(defaults: object): Promise<Record<string, unknown>>;
  set(items: object): Promise<void>;
  remove(key: string): Promise<void>;
}

declare const chrome: {
  readonly storage: { readonly local: StorageArea; readonly session: StorageArea };
  readonly runtime: {
    sendMessage(message: unknown): Promise<unknown>;
    readonly onMessage: {
      /** `true` keeps the channel open until `reply` is called. */
      addListener(listener: (message: unknown, sender: object, reply: (answer: unknown) => void) => boolean): void;
    };
  };
};
