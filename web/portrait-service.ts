import { recall, remember } from './storage.ts';

/** A portrait as the server lists it. */
export interface Portrait {
  readonly id: string;
  readonly name: string;
  readonly credit: string;
  readonly mine: boolean;
  readonly thumbnail: string;
}

/** The server's answer to a request that it did not grant. */
export class ServiceError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The portraits of this server that this browser may see, and what it may do with them. */
export class PortraitService {
  readonly #ownerKey: string;
  readonly #token: string | undefined;

  constructor(token: string | undefined) {
    this.#token = token;
    const known = recall('owner');
    this.#ownerKey = known ?? inventKey();
    if (known === undefined) remember('owner', this.#ownerKey);
  }

  /** @returns what there is, and how many more the server will soon have. */
  async list(): Promise<{ readonly portraits: readonly Portrait[]; readonly arriving: number }> {
    const response = await this.#ask('/api/portraits');
    return (await response.json()) as { portraits: Portrait[]; arriving: number };
  }

  /** @throws ServiceError with a `FACE_…`, `IMAGE_…` or other code of the server. */
  async upload(picture: Blob, about: { readonly name: string; readonly consent: string }): Promise<Portrait> {
    const query = new URLSearchParams({ ...about, scope: 'live-call' });
    const response = await this.#ask(`/api/portraits?${query.toString()}`, { method: 'POST', body: picture });
    return (await response.json()) as Portrait;
  }

  async delete(id: string): Promise<void> {
    await this.#ask(`/api/portraits/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ 'x-visavis-owner': this.#ownerKey });
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`);
    const response = await fetch(path, { ...init, headers });
    if (response.ok) return response;
    const body = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
    throw new ServiceError(body.error?.code ?? 'INTERNAL', body.error?.message ?? response.statusText);
  }
}

function inventKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
