import * as z from 'zod';

import { errorSchema } from './error.ts';
import { OWNER_HEADER } from './http.ts';
import { OPERATIONS, type Operation, type Right } from './operations.ts';

const REALMS: Readonly<Record<Right, readonly object[]>> = {
  everybody: [],
  guest: [{ invitation: [] }, {}],
  operator: [{ operatorKey: [] }],
  holder: [{ token: [] }],
};

/** @returns the HTTP interface as an OpenAPI 3.1 document. */
export function openApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) (paths[operation.path] ??= {})[operation.method] = describe(operation);
  const bearer = (description: string): object => ({ type: 'http', scheme: 'bearer', description });
  return {
    openapi: '3.1.0',
    info: { title: 'Visavis', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { Error: z.toJSONSchema(errorSchema) },
      securitySchemes: {
        invitation: bearer('An invitation to a room, where the server’s rooms need one.'),
        operatorKey: bearer('The operator’s key.'),
        token: bearer('The token of the session, or of the participant, that the path names.'),
      },
    },
  };
}

function describe({ path, summary, right, query, owner, body, status, reply }: Operation): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter('path', name ?? '', z.string(), true));
  const inQuery = Object.entries<z.core.$ZodType>(query?.shape ?? {}).map(([name, schema]) =>
    parameter('query', name, schema, !z.safeParse(schema, undefined).success),
  );
  const header = owner === true ? [parameter('header', OWNER_HEADER, z.string(), false)] : [];
  return {
    summary,
    security: REALMS[right],
    parameters: [...inPath, ...inQuery, ...header],
    ...(body === undefined ? {} : { requestBody: { content: contentOf(body, 'input') } }),
    responses: {
      [status]: { description: 'Done.', ...(reply === undefined ? {} : { content: contentOf(reply, 'output') }) },
      default: {
        description: 'Refused, or failed.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function parameter(place: string, name: string, schema: z.core.$ZodType, required: boolean): object {
  return { name, in: place, required, schema: z.toJSONSchema(schema, { io: 'input' }) };
}

function contentOf(body: z.ZodType | string, io: 'input' | 'output'): object {
  if (typeof body === 'string') return { [body]: {} };
  return { 'application/json': { schema: z.toJSONSchema(body, { io }) } };
}
