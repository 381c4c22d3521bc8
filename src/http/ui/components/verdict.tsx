import type { ShownPackage } from '../shown-package.ts'
import { Badge } from './badge.tsx'

/** What became of a package. */
export function Verdict({ of }: { readonly of: Pick<ShownPackage, 'verdict'> }) {
  switch (of.verdict) {
    case 'good':
      return <Badge tone="good">good</Badge>
    case 'failed':
      return <Badge tone="bad">failed</Badge>
    case 'processing':
      return <Badge tone="warn">processing</Badge>
  }
}
