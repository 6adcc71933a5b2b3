import { z } from 'zod';

/** The one form of an error: the body of a failed HTTP request, and the `error` event of a socket. */
export const errorSchema = z.object({
  error: z.object({
    /** One of the codes that `docs/integrate.md` lists; programs decide by it. */
    code: z.string(),
    /** One English sentence for whoever reads the log; its wording may change. */
    message: z.string(),
  }),
});
export type ErrorBody = z.infer<typeof errorSchema>;
