import { Action } from '../components/action.tsx'
import { Card } from '../components/card.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Notice } from '../components/notice.tsx'
import { Pager } from '../components/pager.tsx'
import { UpstreamFrame } from '../components/upstream-frame.tsx'
import type { ShownUpstream } from '../shown-upstream.ts'
import type { ListPage } from './list-page.ts'

/** A pattern of a list, as the API lists it. */
export interface ShownPattern {
  readonly id: string
  readonly pattern: string
}

/** The allow list or the block list of one upstream. */
export function UpstreamPatternsPage({
  frame,
  upstream,
  list,
  items,
  next,
  query,
  problem,
  typed = '',
}: ListPage<ShownPattern> & {
  readonly upstream: ShownUpstream
  readonly list: 'allowlist' | 'blocklist'
  readonly problem?: string | undefined
  readonly typed?: string | undefined
}) {
  const path = `/ui/upstreams/${encodeURIComponent(upstream.id)}/${list}`
  const { csrf } = frame.session
  const mayChange = frame.mayChange && !upstream.read_only
  const columns: Column<ShownPattern>[] = [
    { title: 'Pattern', kind: 'wide', cell: ({ pattern }) => <code>{pattern}</code> },
  ]
  if (mayChange) {
    columns.push({
      title: 'Actions',
      kind: 'actions',
      cell: ({ id, pattern }) => (
        <Action to={`${path}/remove`} csrf={csrf} fields={{ entry: id }} look="small">
          Remove<span class="unseen"> {pattern}</span>
        </Action>
      ),
    })
  }
  const isAllowing = list === 'allowlist'
  return (
    <UpstreamFrame frame={frame} upstream={upstream} tab={`/${list}`}>
      {isAllowing && !upstream.allowlist_enabled ? (
        <Notice tone="warn">
          The allow list is off: the server is asked for everything. The settings turn it on.
        </Notice>
      ) : null}
      {problem === undefined ? null : <Notice tone="bad">{problem}</Notice>}
      {mayChange ? (
        <Card title="Add patterns" id="add">
          <form method="post" action={path} class="form">
            <input type="hidden" name="csrf" value={csrf} />
            <div class="field">
              <label for="patterns">Names of files, one a line</label>
              <textarea id="patterns" name="patterns" required spellcheck={false}>
                {typed}
              </textarea>
              <p class="hint">
                <code>*</code> stands for any characters, <code>?</code> for one; upper and lower
                case are the same.
              </p>
            </div>
            <div>
              <button class="button primary">Add</button>
            </div>
          </form>
        </Card>
      ) : null}
      <Card title={isAllowing ? 'It may be asked for' : 'It is never asked for'} id="list" flush>
        <DataTable
          caption={isAllowing ? 'Allow list' : 'Block list'}
          columns={columns}
          rows={items}
          empty={<strong>The list is empty</strong>}
        />
        <Pager path={path} query={query} next={next} />
      </Card>
    </UpstreamFrame>
  )
}
