import { Transform } from 'node:stream'
import type { CollectOptions } from './collect-options.ts'

/** Passes on what is on its way to the disk, chunk by chunk as it may be written; fails with what `proceed` rejects with. */
export function guardedWriting(proceed: CollectOptions['proceed']): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (proceed === undefined) return done(null, chunk)
      proceed(chunk.byteLength).then(() => done(null, chunk), done)
    },
  })
}
