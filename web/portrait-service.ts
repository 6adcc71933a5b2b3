import { ownerKey } from './owner-key.ts';

/** A portrait as the server lists it. */
export interface Portrait {
  readonly id: string;
  readonly name: string;
  readonly credit: string;
  readonly mine: boolean;
  readonly thumbnail: string;
  /** The same face moving for a few seconds, where there is one. */
  readonly preview?: string;
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
  readonly #token: string | undefined;

  constructor(token: string | undefined) {
    this.#token = token;
  }

  /** @returns what there is, and how many more the server will soon have. */
  async list(): Promise<{ readonly portraits: readonly Portrait[]; readonly arriving: number }> {
    const response = await this.#ask('/api/portraits');
    return (await response.json()) as { portraits: Portrait[]; arriving: number };
  }

  /** @returns a portrait's small picture; an `img` could not show whose it is. The caller revokes the URL. */
  async thumbnail({ thumbnail }: Portrait): Promise<string> {
    return URL.createObjectURL(await (await this.#ask(thumbnail)).blob());
  }

  /** @throws ServiceError with a `FACE_…`, `IMAGE_…` or other code of the server. */
  async upload(
    picture: Blob,
    about: { readonly name: string; readonly consent: string; readonly scope: 'live-call' | 'public' },
  ): Promise<Portrait> {
    const query = new URLSearchParams(about);
    const response = await this.#ask(`/api/portraits?${query.toString()}`, { method: 'POST', body: picture });
    return (await response.json()) as Portrait;
  }

  async delete(id: string): Promise<void> {
    await this.#ask(`/api/portraits/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ 'x-visavis-owner': ownerKey() });
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`);
    const response = await fetch(path, { ...init, headers });
    if (response.ok) return response;
    const body = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
    throw new ServiceError(body.error?.code ?? 'INTERNAL', body.error?.message ?? response.statusText);
  }
}
