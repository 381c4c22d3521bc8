import { z } from '@hono/zod-openapi'
import { apiRoute } from './api-route.ts'
import { createResource } from './create-resource.ts'
import { listOf } from './list-of.ts'

const setting = z
  .object({
    key: z.string(),
    value: z.string().openapi({ description: 'as it was written; never a secret' }),
    source: z
      .string()
      .nullable()
      .openapi({ description: 'the file, variable or flag that sets it; null for a default' }),
  })
  .openapi('Setting')

export interface SettingsOptions {
  readonly settings: readonly {
    readonly key: string
    readonly value: string
    readonly source: string | undefined
  }[]
}

const list = apiRoute({
  method: 'get',
  path: '/settings',
  summary: 'The configuration in force, and where each setting comes from',
  responses: {
    200: {
      description: 'In the order of the documentation',
      content: { 'application/json': { schema: listOf(setting) } },
    },
  },
})

/** `/settings`. */
export function settingsRoutes({ settings }: SettingsOptions) {
  const resource = createResource()
  resource.openapi(list, (context) => {
    const items = settings.map((item) => ({ ...item, source: item.source ?? null }))
    return context.json({ items, next: null }, 200)
  })
  return resource
}
