import type { Child, PropsWithChildren } from 'hono/jsx'
import { upstreamState, type ShownUpstream } from '../shown-upstream.ts'
import { Action } from './action.tsx'
import { Badge } from './badge.tsx'
import { ConfirmedAction } from './confirmed-action.tsx'
import { Notice } from './notice.tsx'
import { Page, type PageFrame } from './page.tsx'
import { Time } from './time.tsx'

const TABS = [
  ['', 'Statistics'],
  ['/settings', 'Settings'],
  ['/allowlist', 'Allow list'],
  ['/blocklist', 'Block list'],
  ['/skiplist', 'Skip list'],
  ['/logs', 'Log'],
] as const

/** What is around every page of one upstream: its state, its actions, its tabs. */
export function UpstreamFrame({
  frame,
  upstream,
  tab,
  children,
}: PropsWithChildren<{
  readonly frame: PageFrame
  readonly upstream: ShownUpstream
  readonly tab: (typeof TABS)[number][0]
}>) {
  const { id, origin, enabled, state } = upstream
  const path = `/ui/upstreams/${encodeURIComponent(id)}`
  const { word, tone } = upstreamState(upstream)
  return (
    <Page
      frame={frame}
      title={upstream.name}
      lead={
        <>
          <Badge tone={tone}>{word}</Badge> {upstream.type} · {placeOf(upstream)}
          {origin === 'file' ? ' · set in the configuration file' : null}
          {origin === 'preset' ? ' · preset' : null}
        </>
      }
      actions={frame.mayChange ? actionsOf(upstream, path, frame.session.csrf) : undefined}
    >
      {enabled && state.cause !== null ? (
        <Notice tone="warn">
          Pausing{' '}
          {state.until === null ? null : (
            <>
              (it is asked again <Time at={state.until} />)
            </>
          )}
          : {state.cause}
        </Notice>
      ) : null}
      <nav class="tabs" aria-label="Of this server">
        {TABS.map(([to, title]) => (
          <a href={path + to} aria-current={to === tab ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {children}
    </Page>
  )
}

/** Where it is, in a few words. */
export function placeOf(upstream: ShownUpstream): string {
  const { url, bucket, prefix, path } = upstream
  if (typeof url === 'string') return url
  if (typeof bucket === 'string')
    return typeof prefix === 'string' && prefix !== '' ? `${bucket}/${prefix}` : bucket
  return typeof path === 'string' ? path : ''
}

function actionsOf(
  { enabled, origin, read_only }: ShownUpstream,
  path: string,
  csrf: string,
): Child {
  return (
    <>
      <Action to={`${path}/test`} csrf={csrf}>
        Test
      </Action>
      {read_only ? null : (
        <Action to={`${path}/${enabled ? 'disable' : 'enable'}`} csrf={csrf}>
          {enabled ? 'Disable' : 'Enable'}
        </Action>
      )}
      {origin === 'api' ? (
        <ConfirmedAction
          label="Delete…"
          question="It is not asked any more. What was fetched from it stays."
          to={`${path}/delete`}
          csrf={csrf}
          small={false}
        >
          Delete server
        </ConfirmedAction>
      ) : null}
    </>
  )
}
