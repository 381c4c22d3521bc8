import { Badge } from '../components/badge.tsx'
import { Card } from '../components/card.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Page, type PageFrame } from '../components/page.tsx'

/** A setting as the API lists it. */
export interface ShownSetting {
  readonly key: string
  readonly value: string
  readonly source: string | null
}

const COLUMNS: readonly Column<ShownSetting>[] = [
  { title: 'Setting', cell: ({ key }) => <code>{key}</code> },
  {
    title: 'Value',
    kind: 'wide',
    cell: ({ value }) => (value === '' ? <span class="muted">not set</span> : <code>{value}</code>),
  },
  {
    title: 'Origin',
    cell: ({ source }) =>
      source === null ? <span class="muted">default</span> : <Badge tone="good">{source}</Badge>,
  },
]

/** The configuration in force, and where each part of it comes from. */
export function SettingsPage({
  frame,
  settings,
}: {
  readonly frame: PageFrame
  readonly settings: readonly ShownSetting[]
}) {
  const changed = settings.filter(({ source }) => source !== null).length
  return (
    <Page
      frame={frame}
      title="Settings"
      lead={`As this server started with them: ${changed} set, ${settings.length - changed} by default. They are changed in the configuration file or the environment, and take effect with a restart.`}
    >
      <Card title="All settings" id="settings" flush>
        <DataTable caption="All settings" columns={COLUMNS} rows={settings} empty="None." />
      </Card>
    </Page>
  )
}
