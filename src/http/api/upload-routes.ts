import { z } from '@hono/zod-openapi'
import type { TokenInfo } from '../../access/token-service.ts'
import type { PackageHistory } from '../../db/package-history.ts'
import type { PackageFileRecord, PackageSummary } from '../../db/package-record.ts'
import type { PackageEditor } from '../../ingest/package-editor.ts'
import type { Unpublisher } from '../../ingest/unpublisher.ts'
import { AppError } from '../../lib/app-error.ts'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { decodeCursor } from './decode-cursor.ts'
import { describeUpload } from './describe-upload.ts'
import { encodeCursor } from './encode-cursor.ts'
import { listOf } from './list-of.ts'
import { listQuery } from './list-query.ts'
import { packageText } from './package-text.ts'
import { searchQuery } from './search-query.ts'
import { timeParameter } from './time-parameter.ts'
import { uploadedFile } from './uploaded-file.ts'

const verdict = z.enum(['processing', 'good', 'failed'])
const count = z.number().int()
const time = z.iso.datetime()

const upload = z
  .object({
    id: z.string(),
    tag: z.string(),
    product: z.string().nullable(),
    version: z.string().nullable(),
    comment: z.string().nullable(),
    build: z.string().nullable(),
    protected: z.boolean(),
    verdict,
    published: z
      .boolean()
      .openapi({ description: 'false: it was refused as a whole, or still runs' }),
    token: z.string().nullable().openapi({ description: 'id of the token that brought it' }),
    sent_bytes: count.nullable().openapi({ description: 'the body as it was sent' }),
    size: count.openapi({ description: 'its symbol files, unpacked' }),
    stored: count,
    duplicates: count,
    conflicts: count,
    skipped: count,
    rejected: count,
    alerts: count,
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    received: time,
    finished: time.nullable(),
  })
  .openapi('Upload')

const list = apiRoute({
  method: 'get',
  path: '/uploads',
  summary: 'Uploads, the newest first; a page may hold fewer than `limit` and not be the last',
  request: {
    query: searchQuery.extend({
      tag: z.string().optional(),
      verdict: verdict.optional(),
      since: timeParameter('received since'),
      until: timeParameter('received before'),
    }),
  },
  responses: {
    200: {
      description: 'Without their files',
      content: { 'application/json': { schema: listOf(upload) } },
    },
  },
})

const get = apiRoute(
  {
    method: 'get',
    path: '/uploads/{id}',
    summary: 'One upload with its files; those of an upload of one’s own need scope `upload` only',
    request: {
      params: z.object({ id: z.string() }),
      query: listQuery.extend({ limit: z.coerce.number().int().min(1).max(10_000).default(1000) }),
    },
    responses: {
      200: {
        description: '`next` is the cursor of the files that follow',
        content: {
          'application/json': {
            schema: z
              .object({
                ...upload.shape,
                files: z.array(uploadedFile),
                next: z.string().nullable(),
              })
              .openapi('UploadWithFiles'),
          },
        },
      },
      404: { description: 'There is no such upload' },
    },
  },
  'upload',
)

/** Ids lead to files of their name. */
const idParameter = z.object({ id: z.string().regex(/^[0-9a-z-]{1,64}$/, 'the id of an upload') })

const change = apiRoute({
  method: 'patch',
  path: '/uploads/{id}',
  summary: 'Changes what is said of a published upload; what is absent stays',
  request: {
    params: idParameter,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            tag: packageText.min(1).optional(),
            comment: packageText.nullish(),
            protected: z
              .boolean()
              .optional()
              .openapi({ description: 'true: it can neither be deleted nor expire' }),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: 'As it is now', content: { 'application/json': { schema: upload } } },
    404: { description: 'There is no such upload, or it was not published' },
  },
})

const remove = apiRoute({
  method: 'delete',
  path: '/uploads/{id}',
  summary: 'Deletes an upload and unpublishes what no other one holds',
  request: { params: idParameter },
  responses: {
    204: { description: 'It is gone' },
    404: { description: 'There is no such upload' },
    409: { description: 'It is protected' },
    429: { description: 'The index is being rebuilt: come again' },
    500: { description: 'The store cannot be written; the message says whether it goes later on' },
  },
})

/** The history of uploads, and what can be done to them afterwards. */
export function uploadRoutes({
  history,
  unpublisher,
  packageEditor,
}: {
  readonly history: PackageHistory
  readonly unpublisher: Pick<Unpublisher, 'delete'>
  readonly packageEditor: Pick<PackageEditor, 'edit'>
}) {
  const routes = createResource()
  describeUpload(routes)
  routes.openapi(list, async (context) => {
    const { tag, verdict: wanted, q, since, until, cursor, limit } = context.req.valid('query')
    const [before] = decodeCursor(cursor, z.tuple([z.string()])) ?? []
    const page = await history.list({
      tag,
      verdict: wanted,
      text: q,
      sinceMs: since,
      untilMs: until,
      before,
      limit,
    })
    const next = page.next === undefined ? null : encodeCursor([page.next])
    return context.json({ items: page.packages.map(toUpload), next }, 200)
  })
  routes.openapi(get, (context) => {
    const { id } = context.req.valid('param')
    const { cursor, limit } = context.req.valid('query')
    const found = history.get(id)
    if (found === undefined || !mayRead(context.var.token, found))
      throw new AppError('not_found', `there is no upload ${JSON.stringify(id)}`)
    const [after = -1] = decodeCursor(cursor, z.tuple([z.number()])) ?? []
    const files = history.files(id, after, limit + 1)
    const page = files.slice(0, limit)
    const last = files.length > limit ? page.at(-1) : undefined
    const next = last === undefined ? null : encodeCursor([last.position])
    return context.json({ ...toUpload(found), files: page.map(toFile), next }, 200)
  })
  routes.openapi(change, async (context) => {
    const { id } = context.req.valid('param')
    await packageEditor.edit(id, context.req.valid('json'))
    const found = history.get(id)
    if (found === undefined) throw new AppError('not_found', `there is no upload ${id}`)
    return context.json(toUpload(found), 200)
  })
  routes.openapi(remove, async (context) => {
    await unpublisher.delete(context.req.valid('param').id)
    return context.body(null, 204)
  })
  return routes
}

/** Whoever uploads sees what is his own, and does not learn of the rest. */
function mayRead({ id, scope }: TokenInfo, { tokenId }: PackageSummary): boolean {
  return scope === 'admin' || tokenId === id
}

function toUpload(summary: PackageSummary): z.output<typeof upload> {
  const { id, tag, verdict: found, size, counts } = summary
  return {
    id,
    tag,
    product: summary.product ?? null,
    version: summary.version ?? null,
    comment: summary.comment ?? null,
    build: summary.build ?? null,
    protected: summary.protected,
    verdict: found,
    published: summary.isPublished,
    token: summary.tokenId ?? null,
    sent_bytes: summary.sentBytes ?? null,
    size,
    ...counts,
    error: summary.error ?? null,
    received: new Date(summary.receivedAtMs).toISOString(),
    finished:
      summary.finishedAtMs === undefined ? null : new Date(summary.finishedAtMs).toISOString(),
  }
}

function toFile(record: PackageFileRecord): z.output<typeof uploadedFile> {
  const { path, reason, alert, keys, size, sha256 } = record
  return {
    path,
    status: uploadedFile.shape.status.parse(record.status),
    ...(reason !== undefined && { reason }),
    ...(alert !== undefined && { alert }),
    keys: [...keys],
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
  }
}
