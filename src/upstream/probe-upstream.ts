import { randomBytes } from 'node:crypto'
import type { Layout } from '../symbols/layouts/layout.ts'
import { parseSymbolPath, type SymbolPath } from '../symbols/symbol-path.ts'
import { createUpstream } from './create-upstream.ts'
import type { UpstreamSettings } from './upstream-settings.ts'
import type { TroubleReason, UpstreamAnswer } from './upstream.ts'

/** Whoever adds an upstream waits for this. */
const MAX_WAIT_MS = 20_000

/** What a try of an upstream's settings showed. */
export type ProbeResult =
  | { readonly kind: 'ok' }
  | {
      readonly kind: 'failed'
      readonly reason: Exclude<TroubleReason, 'answer' | 'request'> | 'not_a_symbol_server'
      /** One sentence for people. */
      readonly message: string
    }

/** What each kind of trouble means for whoever sets up the upstream. */
const MEANINGS: Readonly<Record<TroubleReason, string>> = {
  name_resolution: 'the name cannot be resolved',
  connection: 'there is no connection',
  tls: 'TLS fails',
  proxy: 'the proxy is not there or refuses',
  unauthorized: 'the credentials are missing or wrong',
  forbidden: 'access is forbidden',
  unavailable: 'the server says that it cannot answer now',
  missing_store: 'the bucket or folder does not exist',
  answer: 'this does not answer as a symbol server does',
  request: 'this does not answer as a symbol server does',
}

/**
 * Tries an upstream with a request for a file that nobody can have: a symbol server says that it is absent. The
 * connection is a real one, made for this alone. Never rejects but for settings that cannot work
 * (`config_invalid`).
 */
export async function probeUpstream(settings: UpstreamSettings): Promise<ProbeResult> {
  const upstream = createUpstream({ ...settings, attempts: 1 })
  try {
    const request = {
      path: madeUpPath(settings.layout),
      acceptsMsfz: false,
      // NuGet's server refuses who has none.
      checksum: `SHA256:${'0'.repeat(64)}`,
      via: '1.1 symgate-probe',
    }
    return toResult(await upstream.fetch(request, AbortSignal.timeout(MAX_WAIT_MS)))
  } catch (error) {
    return failed('connection', error instanceof Error ? error.message : String(error))
  } finally {
    await upstream.close()
  }
}

/** A path of a kind that the layout has a place for, with a random id. */
function madeUpPath(layout: Layout): SymbolPath {
  const id = randomBytes(20).toString('hex')
  const guid = `${id.slice(0, 32)}1`
  const match = parseSymbolPath(
    layout === 'debuginfod'
      ? ['symgate-probe', `elf-buildid-${id}`, 'symgate-probe']
      : [
          'symgate-probe.pdb',
          guid,
          layout === 'breakpad' ? 'symgate-probe.sym' : 'symgate-probe.pdb',
        ],
  )
  if (match.kind !== 'symbol') throw new Error(`${id} is no id`)
  return match.path
}

function toResult(answer: UpstreamAnswer): ProbeResult {
  switch (answer.kind) {
    case 'absent':
      return { kind: 'ok' }
    case 'found':
      answer.body.destroy()
      return failed('answer', 'it has a file for a path that was made up')
    case 'trouble':
      // Another symgate that cannot reach its own upstreams is one all the same.
      if (answer.blame === 'beyond') return { kind: 'ok' }
      return failed(answer.reason ?? 'answer', answer.cause)
  }
}

function failed(reason: TroubleReason, cause: string): ProbeResult {
  return {
    kind: 'failed',
    reason: reason === 'answer' || reason === 'request' ? 'not_a_symbol_server' : reason,
    message: `${MEANINGS[reason]}: ${cause}`,
  }
}
