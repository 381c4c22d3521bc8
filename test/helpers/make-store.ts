import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { writeCabinet } from '../../src/cabinet/write-cabinet.ts'
import { tempDir } from './temp-dir.ts'

/** A tree like those of symstore.exe, made by hand. */
export interface MadeStore {
  readonly root: string
  /** Writes a file below the root. */
  put(path: string, content: Buffer | string): void
  /** Writes a cabinet of the content. */
  putCabinet(path: string, member: string, content: Buffer): Promise<void>
  /** Notes a live transaction with what it added, as the tool does. */
  transaction(
    id: string,
    details: { product: string; version?: string; comment?: string },
    folders: readonly string[],
  ): void
  /** Notes one that was deleted. */
  deleted(id: string): void
}

/** Makes an empty store; `twoTier` puts the mark of that into its root. */
export function makeStore({ twoTier = false } = {}): MadeStore {
  const root = tempDir()
  const server: string[] = []
  const history: string[] = []
  const put = (path: string, content: Buffer | string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const note = (): void => {
    put('000Admin/server.txt', server.map((line) => `${line}\r\n`).join(''))
    // The tool leaves the last line without an end now and then.
    put('000Admin/history.txt', history.join('\r\n'))
  }
  put('pingme.txt', '')
  if (twoTier) put('index2.txt', 'two-tier')
  return {
    root,
    put,
    async putCabinet(path, member, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      const named = { name: member, size: content.byteLength, modifiedAt: new Date(0) }
      await writeCabinet(Readable.from([content]), named, join(root, path))
    },
    transaction(id, { product, version = '', comment = '' }, folders) {
      const line = `${id},add,file,09/06/2016,10:34:19,"${product}","${version}","${comment}",`
      server.push(line)
      history.push(line)
      const added = folders.map((folder) => `"${folder}","C:\\build, old\\x.pdb"\r\n`)
      put(`000Admin/${id}`, added.join(''))
      put('000Admin/lastid.txt', id)
      note()
    },
    deleted(id) {
      server.splice(
        server.findIndex((line) => line.startsWith(id)),
        1,
      )
      history.push(`9999999999,del,${id}`)
      note()
    },
  }
}
