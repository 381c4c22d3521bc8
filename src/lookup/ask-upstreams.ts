import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { UpstreamAnswer, UpstreamRequest } from '../upstream/upstream.ts'
import { attemptFill, type FillAttemptOptions } from './fill-attempt.ts'
import type { MissReason } from './miss-reason.ts'
import type { RuledUpstream } from './ruled-upstream.ts'
import type { ServingFill } from './serving-fill.ts'
import type { AttemptOutcome, UpstreamHistory } from './upstream-history.ts'
import type { UpstreamPolicy } from './upstream-policy.ts'
import { worstReason } from './worst-reason.ts'

export interface AskOptions extends FillAttemptOptions {
  readonly policy: UpstreamPolicy
  readonly history: UpstreamHistory
  readonly log: Logger
  /** Ends everything. */
  readonly signal: AbortSignal
}

/** Who may be asked, and among whom. */
export interface Circle {
  /** Those that are to be asked, in any order. */
  readonly asked: readonly RuledUpstream[]
  /** Everyone there is, for what is learned of a host. */
  readonly all: readonly RuledUpstream[]
}

/** An upstream's word, or that it was not asked after all. */
interface Said {
  readonly ruled: RuledUpstream
  readonly answer: UpstreamAnswer | undefined
}

type Fault = Exclude<UpstreamAnswer, { kind: 'found' }> | NonNullable<AttemptFault>
type AttemptFault = Awaited<ReturnType<typeof attemptFill>>['fault']

/**
 * Asks upstreams for one file, those of the highest priority first and equal ones at once, until one has
 * given it; the others are then given up. `serve` is called once when clients may be answered. Resolves
 * why there was nothing, which counts only if `serve` was not called.
 */
export async function askUpstreams(
  request: UpstreamRequest,
  circle: Circle,
  serve: (fill: ServingFill) => void,
  options: AskOptions,
): Promise<MissReason> {
  const reasons = new Set<MissReason>()
  for (const tier of tiersOf(circle.asked)) {
    const isOver = await askTier(request, tier, circle, serve, reasons, options)
    if (isOver) break
  }
  return worstReason(reasons)
}

function tiersOf(upstreams: readonly RuledUpstream[]): readonly (readonly RuledUpstream[])[] {
  const tiers = new Map<number, RuledUpstream[]>()
  for (const ruled of upstreams) {
    const { priority } = ruled.rules
    tiers.set(priority, [...(tiers.get(priority) ?? []), ruled])
  }
  return [...tiers].sort(([a], [b]) => b - a).map(([, tier]) => tier)
}

/** Asks all of one priority; tells whether nobody else is to be asked. */
async function askTier(
  request: UpstreamRequest,
  tier: readonly RuledUpstream[],
  { all }: Circle,
  serve: (fill: ServingFill) => void,
  reasons: Set<MissReason>,
  options: AskOptions,
): Promise<boolean> {
  const { policy, history, metrics, log } = options
  const { path } = request
  const others = new Map<RuledUpstream, { said: Promise<Said>; abort: AbortController }>()
  for (const ruled of tier) {
    if (!policy.enter(ruled)) {
      reasons.add('trouble')
      continue
    }
    const abort = new AbortController()
    others.set(ruled, { said: ask(ruled, request, abort.signal, options), abort })
  }
  const giveUpOthers = (): void => {
    for (const [ruled, { said, abort }] of others) {
      abort.abort(new Error('another upstream has the file'))
      policy.cancel(ruled)
      void said.then(discard)
    }
    others.clear()
  }
  try {
    while (others.size > 0) {
      const { ruled, answer } = await Promise.race([...others.values()].map(({ said }) => said))
      others.delete(ruled)
      options.signal.throwIfAborted()
      const { name } = ruled.upstream
      if (answer === undefined) {
        policy.cancel(ruled)
        reasons.add('trouble')
        continue
      }
      const announce = (fill: ServingFill): void => {
        giveUpOthers()
        serve(fill)
      }
      const { fault, served, bytes } =
        answer.kind === 'found'
          ? await attemptFill(answer, name, request, announce, options).catch((error: unknown) => {
              // It tells nothing of the host, which would otherwise count as being tried for ever.
              policy.cancel(ruled)
              throw error
            })
          : { fault: answer, served: false, bytes: 0 }
      metrics.fills.inc({ upstream: name, outcome: fault?.kind ?? 'found' })
      history.record(name, path.storePath, outcomeOf(fault, bytes))
      if (fault === undefined) {
        policy.found(ruled, request)
        return true
      }
      if (fault.kind === 'absent') policy.absent(ruled, request)
      else {
        policy.failed(ruled, request, fault, all)
        logFailure(log, name, path, fault)
      }
      reasons.add(fault.kind)
      if (served) return true
    }
    return false
  } finally {
    giveUpOthers()
  }
}

/** Never rejects: an upstream that breaks its word has said nothing. */
async function ask(
  ruled: RuledUpstream,
  request: UpstreamRequest,
  signal: AbortSignal,
  options: AskOptions,
): Promise<Said> {
  try {
    const both = AbortSignal.any([signal, options.signal])
    return { ruled, answer: await ruled.upstream.fetch(request, both) }
  } catch (err) {
    const upstream = ruled.upstream.name
    if (!signal.aborted && !options.signal.aborted)
      options.log.error({ err, upstream, path: request.path.storePath }, 'upstream failed')
    return { ruled, answer: undefined }
  }
}

function discard({ answer }: Said): void {
  if (answer?.kind === 'found') answer.body.destroy()
}

function outcomeOf(fault: Fault | undefined, bytes: number): AttemptOutcome {
  if (fault === undefined) return { kind: 'downloaded', bytes }
  if (fault.kind === 'absent') return fault
  return { kind: 'failed', stage: fault.stage, cause: fault.cause, bytes }
}

function logFailure(
  log: Logger,
  upstream: string,
  path: SymbolPath,
  { kind, cause }: Exclude<Fault, { kind: 'absent' }>,
): void {
  log.warn({ upstream, path: path.storePath, fault: kind, cause }, 'upstream fetch failed')
}
