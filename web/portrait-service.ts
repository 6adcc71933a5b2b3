import { errorSchema } from '../protocol/error.ts';
import {
  API_PATH,
  OWNER_HEADER,
  portraitListSchema,
  portraitSchema,
  type Portrait,
  type PortraitList,
  type UploadQuery,
} from '../protocol/http.ts';
import { ownerKey } from './owner-key.ts';

export type { Portrait };

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
  async list(): Promise<PortraitList> {
    const response = await this.#ask(`${API_PATH}/portraits`);
    return portraitListSchema.parse(await response.json());
  }

  /** @returns a portrait's small picture; an `img` could not show whose it is. The caller revokes the URL. */
  async thumbnail({ thumbnail }: Portrait): Promise<string> {
    return URL.createObjectURL(await (await this.#ask(thumbnail)).blob());
  }

  /** @throws ServiceError with a `FACE_…`, `IMAGE_…` or other code of the server. */
  async upload(picture: Blob, about: UploadQuery): Promise<Portrait> {
    const { name = '', consent, scope = 'live-call' } = about;
    const query = new URLSearchParams({ name, consent, scope });
    const path = `${API_PATH}/portraits?${query.toString()}`;
    const response = await this.#ask(path, { method: 'POST', body: picture });
    return portraitSchema.parse(await response.json());
  }

  async delete(id: string): Promise<void> {
    await this.#ask(`${API_PATH}/portraits/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ [OWNER_HEADER]: ownerKey() });
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`);
    const response = await fetch(path, { ...init, headers });
    if (response.ok) return response;
    const body = errorSchema.safeParse(await response.json().catch(() => undefined));
    const { code, message } = body.data?.error ?? { code: 'INTERNAL', message: response.statusText };
    throw new ServiceError(code, message);
  }
}
