import { closeSync, openSync, readSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { couldBeSymbol } from '../../src/symbols/could-be-symbol.ts'
import { openCorpus } from '../helpers/corpus.ts'

const CONTAINERS = new Set(['zip', 'tar', 'cab', 'gz', '7z', 'nupkg', 'snupkg'])
const corpus = openCorpus()
const rows = (corpus?.rows ?? []).filter(({ kind }) => !CONTAINERS.has(String(kind)))

describe('couldBeSymbol', () => {
  it.each(['', '<!DOCTYPE html>', '{"error": "not found"}', 'PK\x03\x04', 'dear diary'])(
    'is false for %j',
    (head) => {
      expect(couldBeSymbol(Buffer.from(head))).toBe(false)
    },
  )

  it.skipIf(corpus === undefined)('is true for every symbol file of the corpus', () => {
    const missed = rows.filter(
      ({ path, expected }) => expected === 'accept' && !couldBeSymbol(headOf(path)),
    )
    expect(missed.map(({ path }) => path)).toEqual([])
  })

  it.skipIf(corpus === undefined)('spares most other files', () => {
    const others = rows.filter(({ expected }) => expected === 'skip')
    const taken = others.filter(({ path }) => couldBeSymbol(headOf(path))).map(({ kind }) => kind)
    expect(new Set(taken)).toEqual(new Set(['dbg', 'dwo', 'dwp', 'elf-rel', 'fat-ar', 'macho-obj']))
  })
})

function headOf(path: string): Uint8Array {
  const file = openSync(corpus?.path(path) ?? '', 'r')
  try {
    const head = Buffer.alloc(4096)
    return head.subarray(0, readSync(file, head))
  } finally {
    closeSync(file)
  }
}
