import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createUpstream } from '../../src/upstream/create-upstream.ts'
import { probeUpstream } from '../../src/upstream/probe-upstream.ts'
import type { UpstreamSettings } from '../../src/upstream/upstream-settings.ts'
import type { Upstream, UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { upstreamRequest } from '../helpers/upstream-request.ts'

/** A store that holds files under these paths, and how it is reached. */
export type Store = (files: ReadonlyMap<string, Uint8Array>) => Promise<UpstreamSettings>

interface Traits {
  /** Whether it takes files as they are, or those alone that are what their path says. */
  readonly storesAnything?: boolean
}

const GUID = '497B72F6390A44FC878E5A2D63B6CC00'
const PDB = pathOf(0)
const pdb = makePdb({ guid: GUID, age: 1, size: 3_000_000, fill: true })
const forever = (): AbortSignal => new AbortController().signal

/** What every kind of upstream keeps, against a real store of that kind. */
export function upstreamContract(
  kind: string,
  store: Store,
  { storesAnything = true }: Traits = {},
) {
  const connect = async (files: Readonly<Record<string, Uint8Array>>): Promise<Upstream> => {
    const upstream = createUpstream(await store(new Map(Object.entries(files))))
    onTestFinished(() => upstream.close())
    return upstream
  }
  const ask = (upstream: Upstream, path: string): Promise<UpstreamAnswer> =>
    upstream.fetch(upstreamRequest(path), forever())

  describe(`${kind} as an upstream`, () => {
    it('has the file with its size, and not another', async () => {
      const upstream = await connect({ [PDB]: pdb })
      const answer = await ask(upstream, PDB)
      expect(answer).toMatchObject({ kind: 'found', size: pdb.byteLength })
      expect((await bodyOf(answer)).equals(pdb)).toBe(true)
      for (const absent of [pathOf(1), `Other.exe/0ABCDEF012000/Other.exe`])
        expect((await ask(upstream, absent)).kind).toBe('absent')
    })

    it('is asked many times at once', async () => {
      const upstream = await connect({ [PDB]: pdb })
      const paths = Array.from({ length: 20 }, (_, number) => pathOf(number))
      const answers = await Promise.all(
        paths.map(async (path) => {
          const answer = await ask(upstream, path)
          if (answer.kind === 'found') await bodyOf(answer)
          return answer.kind
        }),
      )
      expect(answers).toEqual(['found', ...paths.slice(1).map(() => 'absent')])
    })

    it('ends a transfer that nobody wants, and answers the next', async () => {
      const upstream = await connect({ [PDB]: pdb })
      for (let count = 0; count < 10; count++) {
        const answer = await ask(upstream, PDB)
        if (answer.kind === 'found') answer.body.destroy()
      }
      expect((await bodyOf(await ask(upstream, PDB))).equals(pdb)).toBe(true)
    })

    it('stops when it is told to', async () => {
      const upstream = await connect({ [PDB]: pdb })
      const stopped = AbortSignal.abort(new Error('the server stops'))
      await expect(upstream.fetch(upstreamRequest(PDB), stopped)).rejects.toThrow(
        'the server stops',
      )
      const control = new AbortController()
      const answer = await upstream.fetch(upstreamRequest(PDB), control.signal)
      control.abort(new Error('the server stops'))
      if (answer.kind === 'found' && !answer.body.closed)
        await expect(bodyOf(answer)).rejects.toBeInstanceOf(Error)
    })

    it('passes the probe', async () => {
      expect(await probeUpstream(await store(new Map([[PDB, pdb]])))).toEqual({ kind: 'ok' })
    })

    it.runIf(storesAnything)('has a file compressed where it has it so alone', async () => {
      const upstream = await connect({ [PDB.replace(/b$/, '_')]: Buffer.from('MSCF and so on') })
      expect((await bodyOf(await ask(upstream, PDB))).toString()).toBe('MSCF and so on')
    })

    it.runIf(storesAnything)('has files of every name', async () => {
      const names = ['a b+c.dll', 'größe 日本.dll', "~!*'();@&=$,#%41.dll", '%2e%2e.dll']
      const paths = names.map((name) => `${name}/0ABCDEF012000/${name}`)
      const upstream = await connect(
        Object.fromEntries(paths.map((path) => [path, Buffer.from(path)])),
      )
      for (const path of paths)
        expect((await bodyOf(await ask(upstream, path))).toString()).toBe(path)
    })
  })
}

/** Paths of different files; that of number 0 is there. */
function pathOf(number: number): string {
  return `App.pdb/${GUID.slice(0, -2)}${String(number).padStart(2, '0')}1/App.pdb`
}

async function bodyOf(answer: UpstreamAnswer): Promise<Buffer> {
  if (answer.kind !== 'found') throw new Error(`not found but ${JSON.stringify(answer)}`)
  return await buffer(answer.body)
}
