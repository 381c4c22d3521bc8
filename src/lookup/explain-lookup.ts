import type { BlobTable, IndexedBlob } from '../db/blob-table.ts'
import { identityKey } from '../symbols/identity.ts'
import { plainPath } from '../symbols/plain-path.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { MissMemory } from './miss-memory.ts'
import type { MissReason } from './miss-reason.ts'
import type { RuledUpstream } from './ruled-upstream.ts'
import type { SkipList } from './skip-list.ts'
import type { Question, UpstreamPolicy } from './upstream-policy.ts'
import type { UpstreamRegistry } from './upstream-registry.ts'
import { worstReason } from './worst-reason.ts'

export interface ExplainOptions {
  readonly blobs: BlobTable
  readonly misses: MissMemory
  readonly skips: SkipList
  readonly policy: UpstreamPolicy
  readonly registry: UpstreamRegistry
  /** Whether cabinets are made of stored files (`serve.compressed`). */
  readonly serveCompressed: boolean
  readonly isIndexComplete: () => boolean
}

/** Whether one upstream would be asked, and why not. */
interface UpstreamExplanation {
  readonly name: string
  readonly priority: number
  readonly verdict: 'ask' | MissReason
  readonly because: string
}

/** How a lookup would go, without anybody being asked. */
export interface Explanation {
  readonly steps: readonly { readonly title: string; readonly text: string }[]
  /** Those that come into question, in the order in which they would be asked. */
  readonly upstreams: readonly UpstreamExplanation[]
  /** The stored file that would be sent. */
  readonly blob: IndexedBlob | undefined
  /** `hosted`, `cache`, `ask` where upstreams would be asked, or the word of the 404. */
  readonly result: 'hosted' | 'cache' | 'ask' | MissReason
}

/** Goes the way of `Lookup.resolve` step by step, and tells of each what it finds. Nothing is fetched or changed. */
export async function explainLookup(
  asked: SymbolPath,
  options: ExplainOptions,
): Promise<Explanation> {
  const { blobs, policy, serveCompressed, isIndexComplete, registry } = options
  const steps = [{ title: 'Path', text: `${asked.form} form; filed as ${asked.storePath}` }]
  const end = (result: Explanation['result'], blob?: IndexedBlob): Explanation => ({
    steps,
    upstreams: [],
    blob,
    result,
  })
  const isCabinet = asked.form === 'compressed' && serveCompressed
  if ((asked.form === 'compressed' && !serveCompressed) || asked.form === 'pointer') {
    steps.push({ title: 'Form', text: 'paths of this form are answered 404 at once, by design' })
    return end('absent')
  }
  if (isCabinet) steps.push({ title: 'Form', text: 'a cabinet is made of the plain file' })
  const path = isCabinet ? plainPath(asked) : asked
  const identities = path.identities.map(identityKey)
  steps.push({ title: 'Identities', text: identities.join(', ') })
  const blob = blobs.find(identities)
  if (blob !== undefined) {
    steps.push({ title: blob.root === 'hosted' ? 'Hosted' : 'Cached', text: blob.key })
    return end(blob.root, blob)
  }
  steps.push({ title: 'Stored', text: 'neither hosted nor cached' })
  if (!isIndexComplete()) {
    steps.push({ title: 'Index', text: 'it is being rebuilt; until then nobody is asked' })
    return end('trouble')
  }
  const question: Question = { path, acceptsMsfz: false, checksum: undefined }
  const inOrder = [...registry.active()].sort((a, b) => b.rules.priority - a.rules.priority)
  const explained = await Promise.all(
    inOrder.map(async (ruled) => {
      const verdict = policy.verdict(ruled, question)
      const because = await reasonOf(verdict, ruled, path, options)
      const { name } = ruled.upstream
      return { name, priority: ruled.rules.priority, verdict, because }
    }),
  )
  const reasons = explained.flatMap(({ verdict }) => (verdict === 'ask' ? [] : [verdict]))
  const isAsked = reasons.length < explained.length
  const result = isAsked ? 'ask' : worstReason(new Set(reasons))
  return { steps, upstreams: explained, blob: undefined, result }
}

async function reasonOf(
  verdict: 'ask' | MissReason,
  ruled: RuledUpstream,
  path: SymbolPath,
  { misses, skips, policy }: ExplainOptions,
): Promise<string> {
  const { upstream, rules } = ruled
  switch (verdict) {
    case 'ask':
      return 'would be asked'
    case 'blocked':
      return 'its block list has the name'
    case 'absent':
      return 'it is public, and files of this name are or were hosted here; public_names in the configuration releases it'
    case 'not_listed':
      return ruleThatLeavesOut(ruled, path)
    case 'remembered': {
      const filter = { upstream: upstream.name, path: path.canonical }
      const [miss] = await misses.search(filter, { limit: 1 })
      if (miss === undefined) return 'it did not have the file'
      const again = miss.checkedAtMs + upstream.missRetryAfterMs
      return `it did not have the file at ${iso(miss.checkedAtMs)}; it is asked again from ${iso(again)} on`
    }
    case 'skipped': {
      const skip = skips
        .list(upstream.name, rules.skip, path.canonical)
        .find((entry) => entry.path === path.canonical)
      if (skip === undefined) return 'it is on the skip list'
      return `it failed in ${skip.failedFills} fills, last at ${iso(skip.lastFailedAtMs)}: ${skip.cause}`
    }
    default: {
      const state = policy.state(ruled)
      if (state.kind === 'closed') return 'its host pauses'
      if (state.kind === 'probing') return `its host is being tried again after: ${state.cause}`
      return `its host pauses until ${iso(state.untilMs)}: ${state.cause}`
    }
  }
}

function ruleThatLeavesOut({ rules, allowed }: RuledUpstream, path: SymbolPath): string {
  if (rules.allowlistEnabled && !allowed.has(path)) return 'its allow list does not have the name'
  if (rules.requireChecksum) return 'it wants a checksum, which debuggers send for portable PDBs'
  return `it is asked only for files of kind ${rules.kinds.join(', ')}`
}

function iso(timeMs: number): string {
  return Number.isFinite(timeMs) ? new Date(timeMs).toISOString() : 'never'
}
