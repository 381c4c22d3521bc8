import { z } from '@hono/zod-openapi'

/** One file of an upload, and what became of it. */
export const uploadedFile = z
  .object({
    path: z.string(),
    status: z.enum(['stored', 'duplicate', 'conflict', 'skipped', 'rejected']),
    reason: z.string().optional(),
    alert: z.string().optional(),
    keys: z.array(z.string()),
    size: z.number().int().optional(),
    sha256: z.string().optional(),
  })
  .openapi('UploadedFile')
