import type { ImportFile } from './import-file.ts'
import type { SymbolTree } from './symbol-tree.ts'
import { TransactionLog, type Transaction } from './transaction-log.ts'

/** Files that belong together. */
export interface ImportGroup {
  /** What symstore.exe noted of them. */
  readonly transaction: Transaction | undefined
  /** To be read to its end before the next group is asked for. */
  readonly files: AsyncIterable<ImportFile>
}

/** The files of a tree: those of each live transaction, where there are such, then all that are left. */
export async function* importGroups(
  root: string,
  tree: SymbolTree,
): AsyncGenerator<ImportGroup, void, undefined> {
  const claimed = new Set<string>()
  const log = await TransactionLog.open(root)
  for (const transaction of (await log?.live()) ?? []) {
    if (log === undefined) break
    yield { transaction, files: filesOf(transaction, log, tree, claimed) }
  }
  yield { transaction: undefined, files: unclaimed(tree, claimed) }
}

async function* filesOf(
  { id }: Transaction,
  log: TransactionLog,
  tree: SymbolTree,
  claimed: Set<string>,
): AsyncGenerator<ImportFile, void, undefined> {
  const seen = new Set<string>()
  for await (const entry of log.entries(id)) {
    const folders = await tree.locate(entry.name, entry.id)
    if (folders.length === 0) {
      const path = `${entry.name}/${entry.id}`
      yield { kind: 'left', path, reason: `transaction ${id} lists it, and it is not there` }
    }
    for (const folder of folders) {
      if (seen.has(folder)) continue
      seen.add(folder)
      // What lies in a subfolder is another form of the same file.
      for await (const part of tree.folders(folder, 1)) {
        claimed.add(part)
        yield* tree.files(part)
      }
    }
  }
}

async function* unclaimed(
  tree: SymbolTree,
  claimed: ReadonlySet<string>,
): AsyncGenerator<ImportFile, void, undefined> {
  yield* tree.files('')
  for await (const folder of tree.folders()) {
    if (!claimed.has(folder)) yield* tree.files(folder)
  }
}
