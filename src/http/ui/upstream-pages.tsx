import { Hono, type Context } from 'hono'
import { ApiRefusal } from './api-refusal.ts'
import { NewUpstreamPage, type CatalogueEntry } from './pages/new-upstream-page.tsx'
import { UpstreamSettingsPage } from './pages/upstream-settings-page.tsx'
import { UpstreamsPage } from './pages/upstreams-page.tsx'
import type { ShownUpstream } from './shown-upstream.ts'
import type { UiEnv } from './ui-env.ts'
import { upstreamBody } from './upstream-body.ts'
import type { UpstreamType } from './upstream-fields.ts'

/** Upstreams: list, add, change, enable, disable, test, delete. */
export function upstreamPages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/upstreams', async (context) => {
    const { api, frame } = context.var
    const { items } = await api.get<{ items: readonly ShownUpstream[] }>('/upstreams')
    return context.html(<UpstreamsPage frame={frame()} upstreams={items} />)
  })
  app.get('/upstreams/new', async (context) => {
    const type = typeOf(context.req.query('type')) ?? 'http'
    const { frame } = context.var
    return context.html(
      <NewUpstreamPage frame={frame()} type={type} catalogue={await catalogueOf(context)} />,
    )
  })
  app.post('/upstreams', async (context) => {
    const { api, frame, notify, form } = context.var
    const type = typeOf(form['type']) ?? 'http'
    try {
      const body = upstreamBody(form, type, true)
      const { name } = await api.send<ShownUpstream>('POST', '/upstreams', {
        body,
        query: { force: form['force'] === 'on' ? 'true' : undefined },
      })
      notify(`${name} is added.`)
      return context.redirect(`/ui/upstreams/${encodeURIComponent(name)}`, 303)
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error
      const page = (
        <NewUpstreamPage
          frame={frame()}
          type={type}
          catalogue={await catalogueOf(context)}
          problem={error.message}
          typed={form}
        />
      )
      return context.html(page, 422)
    }
  })
  app.post('/upstreams/add-preset', async (context) => {
    const { api, notify, form } = context.var
    const entry = (await catalogueOf(context)).find(
      ({ upstream }) => upstream.name === form['name'],
    )
    if (entry === undefined) return context.redirect('/ui/upstreams/new', 303)
    await api.send('POST', '/upstreams', { body: entry.upstream, query: { force: 'true' } })
    notify(`${entry.upstream.name} is added.`)
    return context.redirect('/ui/upstreams', 303)
  })
  app.get('/upstreams/:id/settings', async (context) => {
    const { api, frame } = context.var
    const upstream = await api.get<ShownUpstream>(pathOf(context.req.param('id')))
    return context.html(
      <UpstreamSettingsPage frame={frame()} upstream={upstream} type={typeOf(upstream.type)} />,
    )
  })
  app.post('/upstreams/:id', async (context) => {
    const { api, frame, notify, form } = context.var
    const id = context.req.param('id')
    const upstream = await api.get<ShownUpstream>(pathOf(id))
    const type = typeOf(upstream.type)
    try {
      await api.send('PUT', pathOf(id), {
        body: upstreamBody(form, type ?? 'http', false),
        query: { force: form['force'] === 'on' ? 'true' : undefined },
      })
      notify(`${id} is changed.`)
      return context.redirect(`/ui/upstreams/${encodeURIComponent(id)}/settings`, 303)
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error
      const page = (
        <UpstreamSettingsPage
          frame={frame()}
          upstream={upstream}
          type={type}
          problem={error.message}
          typed={form}
        />
      )
      return context.html(page, 422)
    }
  })
  for (const [action, done] of [
    ['enable', 'is enabled'],
    ['disable', 'is disabled'],
  ] as const) {
    app.post(`/upstreams/:id/${action}`, async (context) => {
      const id = context.req.param('id')
      await context.var.api.send('POST', `${pathOf(id)}/${action}`)
      context.var.notify(`${id} ${done}.`)
      return context.redirect(`/ui/upstreams/${encodeURIComponent(id)}`, 303)
    })
  }
  app.post('/upstreams/:id/test', async (context) => {
    const { api, notify } = context.var
    const id = context.req.param('id')
    const { ok, message } = await api.send<{ ok: boolean; message: string | null }>(
      'POST',
      `${pathOf(id)}/test`,
    )
    notify(ok ? `${id} answers as a symbol server does.` : `${id} does not answer well: ${message}`)
    return context.redirect(`/ui/upstreams/${encodeURIComponent(id)}`, 303)
  })
  app.post('/upstreams/:id/delete', async (context) => {
    const id = context.req.param('id')
    await context.var.api.send('DELETE', pathOf(id))
    context.var.notify(`${id} is deleted. What was fetched from it is still here.`)
    return context.redirect('/ui/upstreams', 303)
  })
  return app
}

async function catalogueOf(context: Context<UiEnv>): Promise<readonly CatalogueEntry[]> {
  const { api } = context.var
  const [{ items }, known] = await Promise.all([
    api.get<{ items: readonly CatalogueEntry[] }>('/upstream-catalogue'),
    api.get<{ items: readonly ShownUpstream[] }>('/upstreams'),
  ])
  const names = new Set(known.items.map(({ name }) => name))
  return items.filter(({ upstream }) => !names.has(upstream.name))
}

function typeOf(word: string | undefined): UpstreamType | undefined {
  return word === 'http' || word === 's3' || word === 'gcs' || word === 'debuginfod'
    ? word
    : undefined
}

function pathOf(id: string): string {
  return `/upstreams/${encodeURIComponent(id)}`
}
