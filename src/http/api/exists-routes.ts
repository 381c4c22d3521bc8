import { z } from '@hono/zod-openapi'
import { DEFAULT_DETAILS } from '../../ingest/default-details.ts'
import type { PackageHolder } from '../../ingest/package-holder.ts'
import type { PresenceCheck } from '../../ingest/presence-check.ts'
import { errorAnswer } from '../error-answer.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { packageText } from './package-text.ts'

/** Files of one question: each costs a few lookups, and agents ask again for the next. */
const MAX_FILES = 10_000

const text = packageText.min(1)

const asked = z.object({
  path: z.string().max(4096).openapi({
    description: 'symbol path',
    example: 'app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb',
  }),
  size: z.number().int().min(0),
  sha256: z.string().regex(/^[\da-f]{64}$/i, '64 hexadecimal digits'),
})

const ask = apiRoute(
  {
    method: 'post',
    path: '/exists',
    summary: 'Which of these files are hosted',
    request: {
      body: {
        required: true,
        content: {
          'application/json': { schema: z.object({ files: z.array(asked).max(MAX_FILES) }) },
        },
      },
    },
    responses: {
      200: {
        description: 'The state of each file, in their order',
        content: {
          'application/json': {
            schema: z.object({ files: z.array(z.enum(['present', 'absent', 'different'])) }),
          },
        },
      },
    },
  },
  'upload',
)

const holding = z.strictObject({
  tag: text.optional(),
  product: text.optional(),
  version: text.optional(),
  comment: text.optional(),
  build: text.optional(),
  files: z
    .array(
      asked.extend({
        name: z
          .string()
          .min(1)
          .max(4096)
          .openapi({ description: 'path of its row, as in an archive' }),
      }),
    )
    .max(MAX_FILES),
})

const held = z.object({
  id: z.string(),
  duplicates: z.number().int(),
  rejected: z.number().int(),
  files: z.array(
    z.object({
      path: z.string(),
      status: z.string().openapi({
        description: 'duplicate; rejected: the token may not publish files of this name',
      }),
      reason: z.string().optional(),
    }),
  ),
})

const hold = apiRoute(
  {
    method: 'post',
    path: '/holds',
    summary:
      'Makes a package of files that are hosted already, so that they stay as long as it does',
    request: {
      body: { required: true, content: { 'application/json': { schema: holding } } },
    },
    responses: {
      201: {
        description: 'The package; a file that is not hosted with these bytes has no row',
        content: { 'application/json': { schema: z.object({ upload: held }) } },
      },
      422: {
        description: 'There is nothing to make a package of',
        content: {
          'application/json': {
            schema: z.object({
              error: z.object({ code: z.string(), message: z.string() }),
              upload: held,
            }),
          },
        },
      },
    },
  },
  'upload',
)

/** `/exists` and `/holds`, for agents that want to send only what is missing. */
export function existsRoutes({
  presence,
  holder,
}: {
  readonly presence: PresenceCheck
  readonly holder: Pick<PackageHolder, 'hold'>
}) {
  const resource = createResource()
  resource.openapi(ask, async (context) => {
    const { files } = context.req.valid('json')
    const found = await presence.check(files)
    return context.json({ files: found.map(({ state }) => state) }, 200)
  })
  resource.openapi(hold, async (context) => {
    const {
      files,
      tag = DEFAULT_DETAILS.tag,
      product,
      version,
      comment,
      build,
    } = context.req.valid('json')
    const details = { ...DEFAULT_DETAILS, tag, product, version, comment, build }
    const { manifest, refusal } = await holder.hold({ files, details, uploader: context.var.token })
    const rows = manifest.files.map(({ path, status, reason }) => ({
      path,
      status,
      ...(reason !== undefined && { reason }),
    }))
    const upload = {
      id: manifest.id,
      duplicates: rows.filter(({ status }) => status === 'duplicate').length,
      rejected: rows.filter(({ status }) => status === 'rejected').length,
      files: rows,
    }
    if (refusal === undefined) return context.json({ upload }, 201)
    return context.json({ error: errorAnswer(refusal).error, upload }, 422)
  })
  return resource
}
