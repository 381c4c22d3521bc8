import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { Hono } from 'hono'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Styles, pictures and scripts of the page, read once: they are a few kilobytes. */
export function assetRoutes(): Hono {
  const app = new Hono()
  for (const folder of ['./assets/', './browser/']) {
    const base = new URL(folder, import.meta.url)
    for (const name of readdirSync(base)) {
      const type = TYPES[extname(name)]
      if (type === undefined) continue
      const content = readFileSync(new URL(name, base))
      const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
      const headers = { 'content-type': type, etag, 'cache-control': 'no-cache' }
      app.get(`/${name}`, (context) =>
        context.req.header('if-none-match') === etag
          ? context.body(null, 304, headers)
          : context.body(content.toString('utf8'), 200, headers),
      )
    }
  }
  return app
}
