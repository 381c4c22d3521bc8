import { Badge } from '../components/badge.tsx'
import { Card } from '../components/card.tsx'
import { Page, type PageFrame } from '../components/page.tsx'
import { Time } from '../components/time.tsx'
import { bytes } from '../format/bytes.ts'

/** What the API tells of the server. */
export interface About {
  readonly version: string
  readonly node: string
  readonly platform: string
  readonly started: string
  readonly memory_bytes: number
  readonly ready: boolean
  readonly checks: Readonly<Record<string, string>>
  readonly tools: Readonly<Record<string, string>>
}

/** Versions and health. */
export function AboutPage({ frame, about }: { readonly frame: PageFrame; readonly about: About }) {
  return (
    <Page frame={frame} title="About" lead="symgate, an HTTP symbol server and caching proxy.">
      <div class="grid">
        <Card title="Server" id="server">
          <dl class="facts">
            <dt>symgate</dt>
            <dd>{about.version}</dd>
            <dt>Node.js</dt>
            <dd>{about.node}</dd>
            <dt>System</dt>
            <dd>{about.platform}</dd>
            <dt>Started</dt>
            <dd>
              <Time at={about.started} />
            </dd>
            <dt>Memory</dt>
            <dd>{bytes(about.memory_bytes)}</dd>
          </dl>
        </Card>
        <Card
          title="Health"
          id="health"
          aside={
            <Badge tone={about.ready ? 'good' : 'bad'}>{about.ready ? 'ready' : 'not ready'}</Badge>
          }
        >
          <dl class="facts">
            {Object.entries(about.checks).map(([name, state]) => (
              <>
                <dt>{name}</dt>
                <dd class={state === 'ok' ? '' : 'bad-text'}>{state}</dd>
              </>
            ))}
          </dl>
          <p class="muted">
            Programs ask the same at <a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>{' '}
            and <a href="/metrics">/metrics</a>.
          </p>
        </Card>
        <Card title="Optional programs" id="tools">
          <dl class="facts">
            {Object.entries(about.tools).map(([name, state]) => (
              <>
                <dt>{name}</dt>
                <dd>{state}</dd>
              </>
            ))}
          </dl>
        </Card>
        <Card title="API" id="api">
          <p>
            Everything on this page can be done over the API.{' '}
            <a href="/openapi.json">/openapi.json</a> describes it.
          </p>
        </Card>
      </div>
    </Page>
  )
}
