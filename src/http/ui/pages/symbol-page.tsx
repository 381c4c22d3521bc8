import { Badge } from '../components/badge.tsx'
import { Card } from '../components/card.tsx'
import { Page, type PageFrame } from '../components/page.tsx'
import { Time } from '../components/time.tsx'
import { bytes } from '../format/bytes.ts'
import { number } from '../format/number.ts'
import type { ShownSymbol } from './symbols-page.tsx'

/** What the API reads of a stored file. */
export interface SymbolDetail {
  readonly path: string
  readonly root: 'hosted' | 'cache'
  readonly kind: string | null
  readonly arch: string | null
  readonly debug_id: string | null
  readonly code_id: string | null
  readonly build_id: string | null
  readonly keys: readonly string[]
  readonly note: string | null
}

/** One stored file: what it is, and under which paths it is found. */
export function SymbolPage({
  frame,
  detail,
  symbol,
}: {
  readonly frame: PageFrame
  readonly detail: SymbolDetail
  readonly symbol: ShownSymbol | undefined
}) {
  const { path, root, note } = detail
  const address = `/${path.split('/').map(encodeURIComponent).join('/')}`
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    ['Kind', detail.kind],
    ['Processor', detail.arch],
    ['Debug id', detail.debug_id],
    ['Code id', detail.code_id],
    ['Build id', detail.build_id],
    ['SHA-256', symbol?.sha256],
  ]
  return (
    <Page
      frame={frame}
      title={path.slice(path.lastIndexOf('/') + 1)}
      lead={<code>{path}</code>}
      actions={
        <a class="button primary" href={address} download>
          Download
        </a>
      }
    >
      <div class="grid">
        <Card
          title="What it is"
          id="identity"
          aside={<Badge tone={root === 'hosted' ? 'good' : 'calm'}>{root}</Badge>}
        >
          {note === null ? null : <p class="muted">{note}</p>}
          <dl class="facts">
            {facts.map(([title, value]) =>
              value === null || value === undefined ? null : (
                <>
                  <dt>{title}</dt>
                  <dd>
                    <code>{value}</code>
                  </dd>
                </>
              ),
            )}
          </dl>
        </Card>
        {symbol === undefined ? null : (
          <Card title="Use" id="use">
            <dl class="facts">
              <dt>Size</dt>
              <dd>{bytes(symbol.size)}</dd>
              <dt>Arrived</dt>
              <dd>
                <Time at={symbol.arrived} />
              </dd>
              <dt>Served</dt>
              <dd>{number(symbol.hits)} times</dd>
              <dt>Last</dt>
              <dd>
                <Time at={symbol.last_used} />
              </dd>
              {symbol.upstream === null ? null : (
                <>
                  <dt>Fetched from</dt>
                  <dd>
                    <a href={`/ui/upstreams/${encodeURIComponent(symbol.upstream)}`}>
                      {symbol.upstream}
                    </a>
                  </dd>
                </>
              )}
              {symbol.packages.length === 0 ? null : (
                <>
                  <dt>In packages</dt>
                  <dd>
                    <ul class="keys">
                      {symbol.packages.map(({ id, tag }) => (
                        <li>
                          <a href={`/ui/packages/${encodeURIComponent(id)}`}>{tag}</a>
                        </li>
                      ))}
                    </ul>
                  </dd>
                </>
              )}
            </dl>
          </Card>
        )}
      </div>
      <Card title="Answers to" id="keys">
        {detail.keys.length === 0 ? (
          <p class="muted">Only to the path that it lies under.</p>
        ) : (
          <ul class="keys">
            {detail.keys.map((key) => (
              <li>
                <code>{key}</code>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Page>
  )
}
