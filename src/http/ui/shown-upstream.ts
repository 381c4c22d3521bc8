import type { Tone } from './components/badge.tsx'

/** An upstream as the API lists it; its settings have the names of the configuration. */
export interface ShownUpstream extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly name: string
  readonly origin: 'file' | 'preset' | 'api'
  readonly read_only: boolean
  readonly enabled: boolean
  readonly type: string
  readonly public: boolean
  readonly priority: number
  readonly allowlist_enabled: boolean
  readonly state: {
    readonly breaker: 'closed' | 'open' | 'probing'
    readonly failures: number
    readonly until: string | null
    readonly cause: string | null
  }
}

/** How the upstream is doing, in a word and its tone. */
export function upstreamState({ enabled, state }: ShownUpstream): { word: string; tone: Tone } {
  if (!enabled) return { word: 'disabled', tone: 'calm' }
  if (state.breaker === 'open') return { word: 'pausing', tone: 'bad' }
  if (state.breaker === 'probing') return { word: 'being tried', tone: 'warn' }
  if (state.failures > 0) return { word: `${state.failures} failures`, tone: 'warn' }
  return { word: 'healthy', tone: 'good' }
}
