import type { ServingFill } from '../../lookup/serving-fill.ts'
import type { Content } from './content.ts'

/** A fill that runs, or has just ended. */
export function fillContent({ etag, startedAtMs, size, file }: ServingFill): Content {
  return {
    etag,
    modifiedAtMs: startedAtMs,
    size,
    finalSize: () => file.finalSize(),
    open: () => {
      // It ended while a range waited for the size: the next lookup finds it stored.
      if (!file.join()) return Promise.resolve(undefined)
      return Promise.resolve({
        read: (target, position) => file.read(target, position),
        close: () => void file.leave().catch(() => {}),
      })
    },
  }
}
