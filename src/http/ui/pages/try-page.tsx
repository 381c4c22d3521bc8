import type { Child } from 'hono/jsx'
import { Badge, type Tone } from '../components/badge.tsx'
import { Card } from '../components/card.tsx'
import { Notice } from '../components/notice.tsx'
import { Page, type PageFrame } from '../components/page.tsx'
import { withQuery } from '../with-query.ts'

/** How a lookup would go, as the API tells it. */
export interface Explanation {
  readonly path: string
  readonly form: string
  readonly result: string
  readonly stored: { readonly root: string; readonly path: string } | null
  readonly steps: readonly { readonly title: string; readonly text: string }[]
  readonly upstreams: readonly {
    readonly name: string
    readonly verdict: string
    readonly because: string
  }[]
}

/** A box for a path, and how its lookup would go, without anything being fetched. */
export function TryPage({
  frame,
  path,
  explanation,
  problem,
}: {
  readonly frame: PageFrame
  readonly path: string
  readonly explanation?: Explanation
  readonly problem?: string
}) {
  return (
    <Page
      frame={frame}
      title="Try a path"
      lead="How a lookup would go now, step by step and server by server. Nothing is fetched."
    >
      <section class="card" aria-label="Path">
        <form method="get" action="/ui/try" class="filters">
          <div class="field grow">
            <label for="path">Symbol path, or the whole address</label>
            <input
              type="text"
              id="path"
              name="path"
              value={path}
              required
              maxlength={4000}
              placeholder="app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb"
              spellcheck={false}
              autocomplete="off"
            />
          </div>
          <button class="button primary">Explain</button>
        </form>
      </section>
      {problem === undefined ? null : <Notice tone="bad">{problem}</Notice>}
      {explanation === undefined ? null : (
        <Card title="The way" id="way" aside={<Result of={explanation} />}>
          <ol class="steps">
            {explanation.steps.map(({ title, text }) => (
              <Step title={title} tone={toneOfStep(title)}>
                {text}
              </Step>
            ))}
            {explanation.upstreams.map(({ name, verdict, because }) => (
              <Step
                title={<a href={`/ui/upstreams/${encodeURIComponent(name)}`}>{name}</a>}
                tone={toneOfVerdict(verdict)}
              >
                <Badge tone={toneOfVerdict(verdict)}>{verdict}</Badge> {because}
              </Step>
            ))}
          </ol>
          {explanation.stored === null ? null : (
            <p>
              <a
                href={withQuery('/ui/symbols/file', {
                  root: explanation.stored.root,
                  path: explanation.stored.path,
                })}
              >
                About this file
              </a>
            </p>
          )}
        </Card>
      )}
    </Page>
  )
}

function Step({
  title,
  tone,
  children,
}: {
  readonly title: Child
  readonly tone: Tone
  readonly children?: Child
}) {
  return (
    <li class={tone}>
      <h3>{title}</h3>
      <p>{children}</p>
    </li>
  )
}

function Result({ of }: { readonly of: Explanation }) {
  switch (of.result) {
    case 'hosted':
    case 'cache':
      return <Badge tone="good">served from {of.result === 'hosted' ? 'store' : 'cache'}</Badge>
    case 'ask':
      return <Badge tone="warn">servers would be asked</Badge>
    default:
      return <Badge tone="bad">404 {of.result}</Badge>
  }
}

function toneOfStep(title: string): Tone {
  return title === 'Hosted' || title === 'Cached' ? 'good' : 'calm'
}

function toneOfVerdict(verdict: string): Tone {
  if (verdict === 'ask') return 'good'
  return verdict === 'trouble' || verdict === 'skipped' ? 'bad' : 'calm'
}
