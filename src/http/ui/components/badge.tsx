import type { PropsWithChildren } from 'hono/jsx'

/** How a word is meant: the colour only repeats what it says. */
export type Tone = 'good' | 'bad' | 'warn' | 'calm'

/** A word that tells a state. */
export function Badge({ tone, children }: PropsWithChildren<{ readonly tone: Tone }>) {
  return <span class={`badge ${tone}`}>{children}</span>
}
