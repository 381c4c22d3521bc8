import { Badge, type Tone } from '../components/badge.tsx'
import { Card } from '../components/card.tsx'
import { ConfirmedAction } from '../components/confirmed-action.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Notice } from '../components/notice.tsx'
import { Page, type PageFrame } from '../components/page.tsx'
import { Pager } from '../components/pager.tsx'
import { Stat } from '../components/stat.tsx'
import { Time } from '../components/time.tsx'
import { Verdict } from '../components/verdict.tsx'
import { bytes } from '../format/bytes.ts'
import { number } from '../format/number.ts'
import type { ShownPackage } from '../shown-package.ts'
import { withQuery } from '../with-query.ts'

/** A file of a package as the API lists it. */
export interface ShownFile {
  readonly path: string
  readonly status: 'stored' | 'duplicate' | 'conflict' | 'skipped' | 'rejected'
  readonly reason?: string
  readonly alert?: string
  readonly keys: readonly string[]
  readonly size?: number
}

const TONES: Readonly<Record<ShownFile['status'], Tone>> = {
  stored: 'good',
  duplicate: 'calm',
  conflict: 'warn',
  skipped: 'calm',
  rejected: 'bad',
}

const COLUMNS: readonly Column<ShownFile>[] = [
  {
    title: 'File',
    cell: ({ path, reason, alert }) => (
      <>
        {path}
        {reason === undefined ? null : <div class="muted">{reason}</div>}
        {alert === undefined ? null : <div class="bad-text">{alert}</div>}
      </>
    ),
  },
  { title: 'Status', cell: ({ status }) => <Badge tone={TONES[status]}>{status}</Badge> },
  {
    title: 'Asked for as',
    kind: 'wide',
    cell: ({ keys: [first, ...others] }) =>
      first === undefined ? null : (
        <>
          <a href={withQuery('/ui/symbols', { q: first })}>
            <code>{first}</code>
          </a>
          {others.length === 0 ? null : (
            <details>
              <summary class="muted">and {others.length} more</summary>
              <ul class="keys">
                {others.map((key) => (
                  <li>
                    <code>{key}</code>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      ),
  },
  {
    title: 'Size',
    kind: 'number',
    cell: ({ size }) => (size === undefined ? null : bytes(size)),
  },
]

/** One package: what is said of it, and what became of each file. */
export function PackagePage({
  frame,
  item,
  files,
  next,
  query,
}: {
  readonly frame: PageFrame
  readonly item: ShownPackage
  readonly files: readonly ShownFile[]
  readonly next: string | null
  readonly query: Readonly<Record<string, string>>
}) {
  const { id, tag, comment, product, version } = item
  const { csrf } = frame.session
  const path = `/ui/packages/${encodeURIComponent(id)}`
  return (
    <Page
      frame={frame}
      title={tag}
      lead={
        <>
          <Verdict of={item} /> <code>{id}</code> · received <Time at={item.received} />
          {item.token === null ? null : (
            <>
              {' '}
              by token <code>{item.token}</code>
            </>
          )}
          {[product, version].filter(Boolean).map((word) => ` · ${word}`)}
        </>
      }
      actions={
        frame.mayChange && item.verdict !== 'processing' ? (
          <ConfirmedAction
            label="Delete…"
            question={
              item.protected
                ? 'This package is protected: take its protection away first.'
                : 'Its files can no longer be fetched, but for those that another package holds.'
            }
            to={`${path}/delete`}
            csrf={csrf}
            small={false}
          >
            Delete package
          </ConfirmedAction>
        ) : undefined
      }
    >
      {item.error === null ? null : <Notice tone="bad">{item.error.message}</Notice>}
      <dl class="stats">
        <Stat title="Stored" value={number(item.stored)} note={bytes(item.size)} />
        <Stat title="Duplicates" value={number(item.duplicates)} />
        <Stat title="Conflicts" value={number(item.conflicts)} />
        <Stat title="Skipped" value={number(item.skipped)} />
        <Stat title="Rejected" value={number(item.rejected)} />
        <Stat
          title="Sent"
          value={item.sent_bytes === null ? '–' : bytes(item.sent_bytes)}
          note="as it came"
        />
      </dl>
      {frame.mayChange && item.published ? (
        <Card title="About this package" id="about">
          <form method="post" action={path} class="form">
            <input type="hidden" name="csrf" value={csrf} />
            <div class="form-row">
              <div class="field">
                <label for="tag">Tag</label>
                <input type="text" id="tag" name="tag" value={tag} required maxlength={1000} />
              </div>
              <div class="field">
                <label for="comment">Comment</label>
                <input
                  type="text"
                  id="comment"
                  name="comment"
                  value={comment ?? ''}
                  maxlength={1000}
                />
              </div>
            </div>
            <label class="check">
              <input type="checkbox" name="protected" checked={item.protected} />
              <span>Protected: it can neither be deleted nor expire</span>
            </label>
            <div>
              <button class="button primary">Save</button>
            </div>
          </form>
        </Card>
      ) : null}
      <Card title="Files" id="files" flush>
        <DataTable
          caption="Files of the package"
          columns={COLUMNS}
          rows={files}
          empty={<strong>No files</strong>}
        />
        <Pager path={path} query={query} next={next} />
      </Card>
    </Page>
  )
}
