import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { CollectedFile } from '../../src/ingest/collected-file.ts'
import { planPackage } from '../../src/ingest/plan-package.ts'
import type { PackageManifest } from '../../src/storage/package-manifest.ts'
import type { Identity } from '../../src/symbols/identity.ts'
import type { ingestBench } from './ingest-bench.ts'

type Bench = Awaited<ReturnType<typeof ingestBench>>

/** A file of a made package: its content, and the ELF build-ids `a`, `b` … that it is to answer for. */
export interface MadeFile {
  readonly content: string
  readonly ids: string
  readonly name?: string
}

/** The key in the index of the build-id that stands behind a letter. */
export const madeIdentity = (letter: string): string => `elf:${letter.repeat(8)}`

/**
 * Publishes a package of made files as an upload would, with identities that real files have only in rare
 * combinations; gives what became of each.
 */
export async function publishMade(
  bench: Bench,
  id: string,
  files: readonly MadeFile[],
  rule: 'keep' | 'replace' = 'keep',
  details: Partial<PackageManifest> = {},
): Promise<readonly string[]> {
  const folder = await bench.store.stage(id)
  try {
    const collected = files.map(({ content, ids, name = 'f.so' }, index): CollectedFile => {
      writeFileSync(folder.path(String(index)), content)
      const letters = [...ids]
      const identities = letters.map((letter): Identity => ({
        kind: 'elf',
        buildId: letter.repeat(8),
      }))
      const keys = letters.map((letter) => `${name}/elf-buildid-${letter.repeat(8)}/${name}`)
      return {
        kind: 'accepted',
        path: name,
        identification: { status: 'accept', kind: 'elf', identities, keys },
        staged: String(index),
        size: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      }
    })
    const plan = await planPackage(collected, { ...bench, ruleFor: () => rule })
    const manifest: PackageManifest = {
      format: 1,
      id,
      tag: 'anon',
      protected: false,
      verdict: 'good',
      receivedAtMs: 1_700_000_000_000,
      ...details,
      files: plan.files,
    }
    await bench.publisher.publish(manifest, folder, plan)
    return plan.files.map(({ status }) => status)
  } finally {
    await folder.discard()
  }
}
