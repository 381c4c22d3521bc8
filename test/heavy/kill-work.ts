import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import type { RunningServer } from '../helpers/server.ts'

const FILES_PER_UPLOAD = 12
const FILE_BYTES = 200_000

/** Lower-case hex. */
export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/** A PDB of its own for every number, told apart by its GUID. */
export function numbered(number: number, size = FILE_BYTES): { path: string; bytes: Buffer } {
  const guid = number.toString(16).toUpperCase().padStart(8, '0') + '0A44FC878E5A2D63B6CC4B12'
  const name = `file${number}.pdb`
  return {
    path: `${name}/${guid}1/${name}`,
    bytes: makePdb({ guid, age: 1, size, payload: Buffer.alloc(5000, number) }),
  }
}

/** Uploads packages one after the other until the server dies; remembers the sha256 of every file that was acknowledged. */
export async function uploadUntilKilled(
  server: RunningServer,
  token: string,
  next: () => number,
  acknowledged: Map<string, string>,
  { files: count, bytes: size } = { files: FILES_PER_UPLOAD, bytes: FILE_BYTES },
): Promise<void> {
  for (;;) {
    const files = Array.from({ length: count }, () => numbered(next(), size))
    const body = makeZip(
      files.map(({ path, bytes }) => ({ name: path.split('/')[2] ?? '', data: bytes })),
    )
    try {
      const response = await fetch(`${server.url}/${token}/symbols`, { method: 'POST', body })
      const { upload } = (await response.json()) as { upload: { stored: number } }
      expect(upload.stored).toBe(count)
      for (const { path, bytes } of files) acknowledged.set(path, sha256(bytes))
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return
      throw error
    }
  }
}

/** Fetches through the upstream until the server dies; whatever comes whole must be right. */
export async function fillUntilKilled(server: RunningServer, next: () => number): Promise<void> {
  for (;;) {
    const { path, bytes } = numbered(next())
    try {
      const response = await fetch(`${server.url}/${path}`)
      const body = Buffer.from(await response.arrayBuffer())
      expect([response.status, body.equals(bytes)]).toEqual([200, true])
    } catch (error) {
      if (error instanceof TypeError) return
      throw error
    }
  }
}

/** Everything that was acknowledged is served, as it was sent. */
export async function expectServed(
  server: RunningServer,
  acknowledged: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [path, expected] of acknowledged) {
    const response = await fetch(`${server.url}/${path}`)
    expect([path, response.status]).toEqual([path, 200])
    expect(response.headers.get('x-symgate-source')).toBe('hosted')
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(expected)
  }
}
