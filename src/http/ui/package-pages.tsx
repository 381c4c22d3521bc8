import { Hono } from 'hono'
import type { Listed } from './listed.ts'
import { PackagePage, type ShownFile } from './pages/package-page.tsx'
import { PackagesPage } from './pages/packages-page.tsx'
import type { ShownPackage } from './shown-package.ts'
import type { UiEnv } from './ui-env.ts'

/** Packages of one page; each row is some lines high. */
const PER_PAGE = 50
const FILES_PER_PAGE = 200

/** Packages: history, upload, files, tags, protection, deletion. */
export function packagePages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/packages', async (context) => {
    const { api, frame } = context.var
    const query = context.req.query()
    const { q, tag, verdict, since, until, cursor } = query
    const list = await api.get<Listed<ShownPackage>>('/uploads', {
      q,
      tag,
      verdict,
      since,
      until,
      cursor,
      limit: PER_PAGE,
    })
    return context.html(<PackagesPage frame={frame()} {...list} query={query} />)
  })
  app.get('/packages/:id', async (context) => {
    const { api, frame } = context.var
    const query = context.req.query()
    const found = await api.get<
      ShownPackage & { files: readonly ShownFile[]; next: string | null }
    >(pathOf(context.req.param('id')), { cursor: query['cursor'], limit: FILES_PER_PAGE })
    const { files, next, ...item } = found
    return context.html(
      <PackagePage frame={frame()} item={item} files={files} next={next} query={query} />,
    )
  })
  app.post('/packages/:id', async (context) => {
    const { api, notify, form } = context.var
    const id = context.req.param('id')
    const { tag, comment, protected: isProtected } = form
    const body = { tag, comment: comment === '' ? null : comment, protected: isProtected === 'on' }
    await api.send('PATCH', pathOf(id), { body })
    notify('The package is changed.')
    return context.redirect(`/ui/packages/${encodeURIComponent(id)}`, 303)
  })
  app.post('/packages/:id/delete', async (context) => {
    const { api, notify } = context.var
    await api.send('DELETE', pathOf(context.req.param('id')))
    notify('The package is deleted, with the files that no other one holds.')
    return context.redirect('/ui/packages', 303)
  })
  return app
}

function pathOf(id: string): string {
  return `/uploads/${encodeURIComponent(id)}`
}
