import { Badge } from '../components/badge.tsx'
import { Card } from '../components/card.tsx'
import { Choice } from '../components/choice.tsx'
import { ConfirmedAction } from '../components/confirmed-action.tsx'
import { CopyLine } from '../components/copy-line.tsx'
import { DataTable, type Column } from '../components/data-table.tsx'
import { Notice } from '../components/notice.tsx'
import { Page, type PageFrame } from '../components/page.tsx'
import { Pager } from '../components/pager.tsx'
import { Time } from '../components/time.tsx'

/** A token as the API lists it. */
export interface ShownToken {
  readonly id: string
  readonly scope: 'download' | 'upload' | 'admin'
  readonly name: string
  readonly tags: readonly string[]
  readonly names: readonly string[]
  readonly created: string
  readonly expires: string | null
  readonly last_used: string | null
}

const SCOPES = [
  ['download', 'download: fetch symbols'],
  ['upload', 'upload: send packages, and fetch'],
  ['admin', 'admin: everything'],
] as const

const LIVES = [
  ['', 'never'],
  ['30d', 'in 30 days'],
  ['90d', 'in 90 days'],
  ['365d', 'in a year'],
] as const

/** All tokens, and the form for a new one. */
export function TokensPage({
  frame,
  items,
  next,
  cursor,
  created,
  form = {},
  problem,
}: {
  readonly frame: PageFrame
  readonly items: readonly ShownToken[]
  readonly next: string | null
  readonly cursor?: string | undefined
  /** The token that was made just now, with its text. */
  readonly created?: (ShownToken & { readonly token: string }) | undefined
  /** What was typed into the form, and why it was refused. */
  readonly form?: Readonly<Record<string, string>>
  readonly problem?: string | undefined
}) {
  const { csrf, token: own } = frame.session
  const columns: readonly Column<ShownToken>[] = [
    {
      title: 'Name',
      kind: 'wide',
      cell: ({ name, id }) => (
        <>
          {name === '' ? <span class="muted">no name</span> : name} <code class="muted">{id}</code>{' '}
          {id === own.id ? <Badge tone="good">you</Badge> : null}
        </>
      ),
    },
    {
      title: 'Scope',
      cell: ({ scope, tags, names }) => (
        <>
          <Badge tone={scope === 'admin' ? 'warn' : 'calm'}>{scope}</Badge>
          {tags.length === 0 ? null : <div class="muted">tags {tags.join(', ')}</div>}
          {names.length === 0 ? null : <div class="muted">names {names.join(', ')}</div>}
        </>
      ),
    },
    { title: 'Created', cell: (token) => <Time at={token.created} /> },
    {
      title: 'Expires',
      cell: ({ expires }) =>
        expires !== null && Date.parse(expires) <= Date.now() ? (
          <Badge tone="bad">expired</Badge>
        ) : (
          <Time at={expires} />
        ),
    },
    { title: 'Last used', cell: (token) => <Time at={token.last_used} /> },
    {
      title: 'Actions',
      kind: 'actions',
      cell: ({ id, name }) => (
        <ConfirmedAction
          label={
            <>
              Revoke<span class="unseen"> {name || id}</span>
            </>
          }
          question={
            id === own.id
              ? 'This is the token that you have signed in with: you will be signed out.'
              : 'Whatever uses this token is refused from then on.'
          }
          to={`/ui/tokens/${encodeURIComponent(id)}/revoke`}
          csrf={csrf}
        >
          Revoke token
        </ConfirmedAction>
      ),
    },
  ]
  return (
    <Page
      frame={frame}
      title="Tokens"
      lead="What build agents, debuggers and administrators prove themselves with. Only a hash of each is kept."
    >
      {created === undefined ? null : (
        <Card title={`New ${created.scope} token`} id="created">
          <p>Copy it now: this is the only time that it is shown.</p>
          <CopyLine label={created.name || created.id} text={created.token} />
        </Card>
      )}
      <Card title="Create a token" id="create">
        {problem === undefined ? null : <Notice tone="bad">{problem}</Notice>}
        <form method="post" action="/ui/tokens" class="form">
          <input type="hidden" name="csrf" value={csrf} />
          <div class="form-row">
            <div class="field">
              <label for="name">Name</label>
              <input
                type="text"
                id="name"
                name="name"
                maxlength={200}
                value={form['name']}
                placeholder="nightly build"
              />
            </div>
            <Choice id="scope" label="Scope" options={SCOPES} value={form['scope']} />
            <Choice id="expires" label="Expires" options={LIVES} value={form['expires']} />
          </div>
          <div class="form-row">
            <Patterns id="tags" label="Uploads only with tags" value={form['tags']} />
            <Patterns id="names" label="Uploads only files named" value={form['names']} />
          </div>
          <div>
            <button class="button primary">Create token</button>
          </div>
        </form>
      </Card>
      <Card title="All tokens" id="tokens" flush>
        <DataTable
          caption="All tokens"
          columns={columns}
          rows={items}
          empty="There are no tokens."
        />
        <Pager path="/ui/tokens" query={cursor === undefined ? {} : { cursor }} next={next} />
      </Card>
    </Page>
  )
}

function Patterns({
  id,
  label,
  value,
}: {
  readonly id: string
  readonly label: string
  readonly value: string | undefined
}) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input type="text" id={id} name={id} value={value} placeholder="all" spellcheck={false} />
      <p class="hint">Patterns with * and ?, with commas between them</p>
    </div>
  )
}
