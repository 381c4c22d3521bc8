import { describe, expect, test } from 'vitest'
import { parseSymbolId } from '../../src/symbols/symbol-id.ts'

const GUID = '3249D99D0C4049318610F4E4FB0B6936'
const BUILD_ID = 'a8e62c7372b481b719bdea46a8ac6ca372f21209'
const UUID = '67E9247C814E392BA027DBDE6748FCBF'

describe('parseSymbolId', () => {
  test.each([
    ['a GUID with age', `${GUID}1`],
    ['a GUID alone', GUID],
    ['a portable GUID', `${GUID}FFFFFFFF`],
    ['a GUID with a decimal age of ten digits', `${GUID}4294967294`],
    ['a timestamp and a size', 'AFBF9EF6354000'],
    ['a timestamp of zero and a size', '000000008000'],
    ['a signature alone', '3A5B7C9D'],
    ['a raw build-id', BUILD_ID],
    ['a sha256', 'ab'.repeat(32)],
    ['the longest build-id', 'ab'.repeat(64)],
  ])('reads %s as bare digits in lower case', (_, id) => {
    const expected = { kind: 'hex', digits: id.toLowerCase() }
    expect(parseSymbolId(id)).toEqual(expected)
    expect(parseSymbolId(id.toLowerCase())).toEqual(expected)
  })

  test.each(['3249D99D-0C40-4931-8610-F4E4FB0B69361', '3249d99d-0c40-4931-8610-f4e4fb0b6936-1'])(
    'drops the dashes of the GUID in %s',
    (id) => {
      expect(parseSymbolId(id)).toEqual({ kind: 'hex', digits: `${GUID}1`.toLowerCase() })
    },
  )

  test.each([
    [`elf-buildid-${BUILD_ID}`, { kind: 'elf', buildId: BUILD_ID }],
    [`ELF-BuildId-Sym-${BUILD_ID.toUpperCase()}`, { kind: 'elf-debug', buildId: BUILD_ID }],
    ['elf-buildid-a1', { kind: 'elf', buildId: 'a1' }],
    [`mach-uuid-${UUID.toLowerCase()}`, { kind: 'macho', uuid: UUID }],
    [`mach-uuid-sym-${UUID}`, { kind: 'macho-debug', uuid: UUID }],
    ['mach-uuid-67E9247C-814E-392B-A027-DBDE6748FCBF', { kind: 'macho', uuid: UUID }],
  ])('reads the SSQP key %s', (id, expected) => {
    expect(parseSymbolId(id)).toEqual(expected)
  })

  test.each([
    `elf-buildid-coreclr-${BUILD_ID}`,
    `mach-uuid-coreclr-${UUID.toLowerCase()}`,
    `sha1-${BUILD_ID}`,
    'r2rmap-v1-734d59d6de0e96aa3c77b3e2ed498097',
  ])('takes %s for an id that says nothing of the content', (id) => {
    expect(parseSymbolId(id.toUpperCase())).toEqual({ kind: 'opaque', text: id })
  })

  test.each([
    ['33 zeros', '0'.repeat(33)],
    ['32 zeros and an age', `${'0'.repeat(32)}1`],
    ['a dashed GUID of zeros', '00000000-0000-0000-0000-000000000000'],
    ["eight F's", 'FFFFFFFF'],
    ["a GUID of F's without age", 'F'.repeat(40)],
    ["a GUID of F's", `${'f'.repeat(32)}1`],
    ['a timestamp and a size of zero', '000000000'],
    ['a build-id of zeros', `elf-buildid-${'0'.repeat(40)}`],
    ['a UUID of zeros', `mach-uuid-sym-${'0'.repeat(32)}`],
  ])('says that %s is bogus', (_, id) => {
    expect(parseSymbolId(id)).toEqual({ kind: 'bogus' })
  })

  test.each([
    ['nothing', ''],
    ['seven digits', '1234567'],
    ['a word', 'uploads'],
    ['a letter beyond f', `${GUID.slice(1)}G`],
    ['a sign', '-1234567890'],
    ['a prefix of C', '0x12345678'],
    ['dashes out of place', '3249D99D0-C40-4931-8610-F4E4FB0B69361'],
    ['a build-id of half a byte', 'elf-buildid-a1b'],
    ['a build-id of nothing', 'elf-buildid-'],
    ['a short UUID', 'mach-uuid-67e9247c'],
    ['a short SHA-1', 'sha1-abcdef'],
    ['more digits than any hash has', 'a'.repeat(129)],
    ['a line break at the end', `${GUID}1\n`],
    ['digits of another script', '١٢٣٤٥٦٧٨٩'],
    ['a long text', 'elf-buildid-'.repeat(1000)],
  ])('knows no grammar for %s', (_, id) => {
    expect(parseSymbolId(id)).toBeUndefined()
  })
})
