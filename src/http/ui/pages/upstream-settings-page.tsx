import { Card } from '../components/card.tsx'
import { Notice } from '../components/notice.tsx'
import type { PageFrame } from '../components/page.tsx'
import { UpstreamForm } from '../components/upstream-form.tsx'
import { UpstreamFrame } from '../components/upstream-frame.tsx'
import type { ShownUpstream } from '../shown-upstream.ts'
import type { UpstreamType } from '../upstream-fields.ts'

/** The settings of one upstream: a form, or what they are where they can be changed in the file alone. */
export function UpstreamSettingsPage({
  frame,
  upstream,
  type,
  problem,
  typed,
}: {
  readonly frame: PageFrame
  readonly upstream: ShownUpstream
  /** Undefined for a folder. */
  readonly type: UpstreamType | undefined
  readonly problem?: string | undefined
  readonly typed?: Readonly<Record<string, string>> | undefined
}) {
  const { id, read_only: isReadOnly } = upstream
  return (
    <UpstreamFrame frame={frame} upstream={upstream} tab="/settings">
      {problem === undefined ? null : <Notice tone="bad">{problem}</Notice>}
      <Card title="Settings" id="settings">
        {frame.mayChange && !isReadOnly && type !== undefined ? (
          <UpstreamForm
            to={`/ui/upstreams/${encodeURIComponent(id)}`}
            csrf={frame.session.csrf}
            type={type}
            values={upstream}
            typed={typed}
            isNew={false}
          />
        ) : (
          <>
            {isReadOnly ? (
              <p class="muted">It is set in the configuration file, and changed only there.</p>
            ) : null}
            <dl class="facts">
              {rowsOf(upstream, '').map(([key, value]) => (
                <>
                  <dt>
                    <code>{key}</code>
                  </dt>
                  <dd>{value}</dd>
                </>
              ))}
            </dl>
          </>
        )}
      </Card>
    </UpstreamFrame>
  )
}

/** Keys that are shown elsewhere, or are no settings. */
const OTHERS = ['id', 'state', 'origin', 'read_only', 'created']

function rowsOf(settings: object, prefix: string): [string, string][] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) => {
    if (prefix === '' && OTHERS.includes(key)) return []
    if (value === null || value === undefined) return []
    if (typeof value === 'object' && !Array.isArray(value)) return rowsOf(value, `${prefix}${key}.`)
    return [[prefix + key, Array.isArray(value) ? value.join(', ') : JSON.stringify(value)]]
  })
}
