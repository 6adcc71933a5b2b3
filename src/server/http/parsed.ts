import type { z } from 'zod';

/** @returns `value` as the schema reads it. @throws Error with status 400 that names the member and what is wrong with it. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw Object.assign(new Error(`${where}${issue?.message ?? 'wrong shape'}`), { status: 400 });
}
