import { z, type OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './api-env.ts'
import { apiRoute } from './api-route.ts'
import { packageText } from './package-text.ts'
import { uploadedFile } from './uploaded-file.ts'

const count = z.number().int()
const flag = z.enum(['0', '1', 'false', 'true']).optional()

const answer = z
  .object({
    response: z.literal('ok'),
    _rxid: z.string(),
    upload: z.object({
      id: z.string(),
      verdict: z.enum(['processing', 'good', 'failed']),
      tag: z.string(),
      stored: count,
      duplicates: count,
      conflicts: count,
      skipped: count,
      rejected: count,
      files: z.array(uploadedFile),
    }),
  })
  .openapi('UploadAnswer')

const query = z.object({
  tag: packageText.optional(),
  product: packageText.optional(),
  version: packageText.optional(),
  comment: packageText.optional(),
  build: packageText.optional().openapi({ description: 'equal for all packages of one build' }),
  upload_file: z.string().optional().openapi({ description: 'the name of a single file' }),
  strict: flag.openapi({ description: '1: one rejected file, and nothing is published' }),
  on_conflict: z.enum(['keep', 'replace']).optional(),
  async: flag.openapi({ description: '1: do not wait for the verdict' }),
})

const body = {
  required: true,
  content: {
    'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) },
    'multipart/form-data': {
      schema: z.object({ upload_file: z.string().openapi({ format: 'binary' }) }),
    },
  },
}

/** Describes uploading, which streams its body and is therefore no route of the API's own (`http/upload`). */
export function describeUpload({ openAPIRegistry }: OpenAPIHono<ApiEnv>): void {
  for (const method of ['post', 'put'] as const) {
    const { middleware: _, ...route } = apiRoute(
      {
        method,
        path: '/uploads',
        summary: 'Uploads an archive or a single file, raw or as a form, of any content-type',
        request: { query, body },
        responses: {
          200: {
            description: 'The package; `verdict` tells whether every file was fine',
            content: { 'application/json': { schema: answer } },
          },
          202: { description: 'With `async=1`: id of the upload, and the verdict `processing`' },
          413: { description: 'Over a limit, which is named' },
          415: { description: 'An archive format or compression that is not read here' },
          422: { description: 'Damaged, hostile, without a name, refused, or nothing to store' },
          429: { description: 'Too many uploads at once: come again after `Retry-After`' },
          507: { description: 'The disk is full' },
        },
      },
      'upload',
    )
    openAPIRegistry.registerPath(route)
  }
}
