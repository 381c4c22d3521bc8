import { archivesTarget } from './archives-target.ts'
import { cabinetTarget } from './cabinet-target.ts'
import { edgeTarget } from './edge/edge-target.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { identifyTarget } from './identify-target.ts'
import { pathsTarget } from './paths-target.ts'

/** What can be fuzzed, by the name that is given on the command line; `folder` is for files that a target needs. */
export const targets: Readonly<Record<string, (folder: string) => FuzzTarget>> = {
  identify: () => identifyTarget,
  archives: archivesTarget,
  cabinet: () => cabinetTarget,
  paths: () => pathsTarget,
  edge: edgeTarget,
}
