import type { BodyFault } from './body-fault.ts'

/** The fault of a body that the disk has no room for. */
export function noRoom(): BodyFault {
  const cause =
    'the disk has less than limits.min_free_space free, and other files take up what is left for those that are not kept'
  return { kind: 'trouble', stage: 'download', blame: 'beyond', cause }
}
