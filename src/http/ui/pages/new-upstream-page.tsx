import { Action } from '../components/action.tsx'
import { Card } from '../components/card.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Notice } from '../components/notice.tsx'
import { Page, type PageFrame } from '../components/page.tsx'
import { Segments } from '../components/segments.tsx'
import { UpstreamForm } from '../components/upstream-form.tsx'
import type { UpstreamType } from '../upstream-fields.ts'

/** A public server that can be added as it is. */
export interface CatalogueEntry {
  readonly owner: string
  readonly upstream: Readonly<Record<string, unknown>> & {
    readonly name: string
    readonly url?: string
  }
}

const TYPES: readonly (readonly [UpstreamType, string])[] = [
  ['http', 'HTTP'],
  ['s3', 'S3'],
  ['gcs', 'Google Cloud'],
  ['debuginfod', 'debuginfod'],
]

/** The form for a new upstream, and the public ones that need none. */
export function NewUpstreamPage({
  frame,
  type,
  catalogue,
  problem,
  typed,
}: {
  readonly frame: PageFrame
  readonly type: UpstreamType
  readonly catalogue: readonly CatalogueEntry[]
  readonly problem?: string | undefined
  readonly typed?: Readonly<Record<string, string>> | undefined
}) {
  const { csrf } = frame.session
  const columns: readonly Column<CatalogueEntry>[] = [
    { title: 'Of', cell: ({ owner }) => owner },
    { title: 'Address', kind: 'wide', cell: ({ upstream: { url } }) => url },
    {
      title: 'Actions',
      kind: 'actions',
      cell: ({ upstream: { name } }) => (
        <Action to="/ui/upstreams/add-preset" csrf={csrf} fields={{ name }} look="small">
          Add<span class="unseen"> {name}</span>
        </Action>
      ),
    },
  ]
  return (
    <Page frame={frame} title="Add a symbol server">
      {problem === undefined ? null : <Notice tone="bad">{problem}</Notice>}
      <Card
        title="Settings"
        id="settings"
        aside={
          <Segments
            label="Type"
            options={TYPES.map(([value, title]) => ({
              title,
              to: `/ui/upstreams/new?type=${value}`,
              isCurrent: value === type,
            }))}
          />
        }
      >
        <UpstreamForm
          to="/ui/upstreams"
          csrf={csrf}
          type={type}
          values={{}}
          typed={typed}
          isNew={true}
        />
      </Card>
      <Card title="Public servers" id="catalogue" flush>
        <DataTable
          caption="Public servers that can be added as they are"
          columns={columns}
          rows={catalogue}
          empty="None."
        />
      </Card>
    </Page>
  )
}
