import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { AppError } from '../../lib/app-error.ts'
import { isErrno } from '../../lib/is-errno.ts'
import { parseFields } from './parse-fields.ts'

/** Lines of one file of the administration; a build system that adds every hour makes 9000 a year. */
const MAX_LINES = 2_000_000

/** A transaction that has not been deleted (protocol: `server.txt`). */
export interface Transaction {
  /** Ten digits. */
  readonly id: string
  readonly product: string
  readonly version: string
  readonly comment: string
}

/** What a transaction added: one folder `name/id` of the store. */
export interface TransactionEntry {
  readonly name: string
  readonly id: string
}

/** The records of symstore.exe about what it has added, `000Admin` of a store. */
export class TransactionLog {
  readonly #folder: string
  /** Names of its files, by their lower-case form: the tool's spelling is not always kept by copies. */
  readonly #names: ReadonlyMap<string, string>

  private constructor(folder: string, names: ReadonlyMap<string, string>) {
    this.#folder = folder
    this.#names = names
  }

  /** Opens the records of the store at `root`; undefined when it has none. */
  static async open(root: string): Promise<TransactionLog | undefined> {
    const name = (await readdir(root)).find((entry) => entry.toLowerCase() === ADMIN_FOLDER)
    if (name === undefined) return undefined
    const folder = join(root, name)
    const names = new Map((await readdir(folder)).map((entry) => [entry.toLowerCase(), entry]))
    return new TransactionLog(folder, names)
  }

  /** The live transactions, the oldest first. */
  async live(): Promise<readonly Transaction[]> {
    const transactions: Transaction[] = []
    for await (const line of this.#lines('server.txt')) {
      const [id = '', action = '', , , , product = '', version = '', comment = ''] =
        parseFields(line)
      if (!/^\d{10}$/.test(id) || action.toLowerCase() !== 'add') continue
      transactions.push({ id, product, version, comment })
    }
    return transactions
  }

  /** The folders that a transaction added; none where its file is gone. */
  async *entries(id: string): AsyncGenerator<TransactionEntry, void, undefined> {
    for await (const line of this.#lines(id)) {
      const [folder = ''] = parseFields(line)
      const [name = '', fileId = '', ...rest] = folder.split(/[\\/]/)
      if (name !== '' && fileId !== '' && rest.length === 0) yield { name, id: fileId }
    }
  }

  async *#lines(file: string): AsyncGenerator<string, void, undefined> {
    const name = this.#names.get(file.toLowerCase())
    if (name === undefined) return
    const source = createReadStream(join(this.#folder, name))
    let count = 0
    try {
      for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
        if (++count > MAX_LINES)
          throw new AppError('command_failed', `${name} has more than ${MAX_LINES} lines`)
        if (line.trim() !== '') yield line
      }
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    } finally {
      source.destroy()
    }
  }
}

/** The folder of the records, in small letters. */
const ADMIN_FOLDER = '000admin'
