import { Hono } from 'hono'
import type { Listed } from './listed.ts'
import { SymbolPage, type SymbolDetail } from './pages/symbol-page.tsx'
import { SymbolsPage, type ShownSymbol } from './pages/symbols-page.tsx'
import type { UiEnv } from './ui-env.ts'

const PER_PAGE = 50

/** Symbols: search, and what a file is. */
export function symbolPages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/symbols', async (context) => {
    const { api, frame } = context.var
    const query = context.req.query()
    const { q, tag, cursor } = query
    const list = await api.get<Listed<ShownSymbol>>('/symbols', { q, tag, cursor, limit: PER_PAGE })
    return context.html(<SymbolsPage frame={frame()} {...list} query={query} />)
  })
  app.get('/symbols/file', async (context) => {
    const { api, frame } = context.var
    const { root, path } = context.req.query()
    const [detail, list] = await Promise.all([
      api.get<SymbolDetail>('/symbols/detail', { root, path }),
      api.get<Listed<ShownSymbol>>('/symbols', { q: path, limit: 10 }),
    ])
    const symbol = list.items.find((item) => item.path === path && item.root === root)
    return context.html(<SymbolPage frame={frame()} detail={detail} symbol={symbol} />)
  })
  return app
}
