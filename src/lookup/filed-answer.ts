import { peekStream } from '../lib/peek-stream.ts'
import { sniff } from '../symbols/formats/sniff.ts'
import { msfzPath } from '../symbols/msfz-path.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { UpstreamAnswer, UpstreamRequest } from '../upstream/upstream.ts'
import { bodyFault, type BodyFault } from './body-fault.ts'

type Found = Extract<UpstreamAnswer, { kind: 'found' }>

/** Enough for the magic of an MSFZ container. */
const MAGIC_BYTES = 64

/** What was sent, and the path under which it is filed. */
interface Filed {
  readonly answer: Found
  readonly path: SymbolPath
}

/**
 * Files an answer under the path that was asked for, but an MSFZ container, where one is accepted for a PDB, under
 * the path of its own: whoever does not accept it must not get it from the cache (protocol §8, 18).
 */
export async function filedAnswer(
  answer: Found,
  { path, acceptsMsfz }: Pick<UpstreamRequest, 'path' | 'acceptsMsfz'>,
): Promise<Filed | BodyFault> {
  const own = acceptsMsfz ? msfzPath(path) : undefined
  if (own === undefined) return { answer, path }
  try {
    const { head, stream } = await peekStream(answer.body, MAGIC_BYTES)
    return { answer: { ...answer, body: stream }, path: sniff(head) === 'msfz' ? own : path }
  } catch (error) {
    return bodyFault(error)
  }
}
