/**
 * Whether the client can read PDBs in MSFZ containers: it names them in `Accept`, as .NET's tools and
 * PerfView do. Ranges like `*` say nothing, for every client sends those (protocol.md §5.3).
 */
export function acceptsMsfz(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((item) => {
    const [type = '', ...parameters] = item.toLowerCase().split(';')
    return type.trim() === 'application/msfz0' && !parameters.some((text) => REFUSAL.test(text))
  })
}

/** A weight of zero (RFC 9110 §12.4.2). */
const REFUSAL = /^\s*q\s*=\s*0(?:\.0*)?\s*$/
