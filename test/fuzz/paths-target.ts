import { matchSymbolRequest } from '../../src/http/download/symbol-request.ts'
import { openCorpus } from '../helpers/corpus.ts'
import type { RandomNumbers } from '../helpers/random-numbers.ts'
import type { FuzzTarget } from './fuzz-target.ts'

/** Pieces that parsers of paths trip over, and those that make a symbol path of them. */
const PIECES = (
  '/ // %2F \\ %5C . .. %2e%2e %00 %0a % %zz %C3 : %20 ? # _ + - f ü %F0%9F%98%80 ' +
  'a.pdb a.pd_ a.sym file.ptr index2.txt CON web.config msfz0 symbols t download ' +
  '497B72F6390A44FC878E5A2D63B6CC4B1 5AB380779000 elf-buildid-a1 FFFFFFFF 000000000'
)
  .split(' ')
  .concat(' ', '\0', '\ud800')
const MAX_CHANGES = 4
const MADE = ['a.pdb', 'a.dll', 'a.so', 'a.sym', '_.debug', 'a.pd_', 'file.ptr'].flatMap((file) => [
  `/a.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/${file}`,
  `/t/token/symbols/${file}/5AB380779000/${file}`,
  `/download/symbols/${file}/elf-buildid-0011223344556677889900112233445566778899/${file}`,
])

/** Every request target is read as something, and never as a symbol that would do harm as key of a store. Inputs are UTF-16. */
export const pathsTarget: FuzzTarget = {
  seeds: () =>
    [...new Set([...MADE, ...corpusPaths()])].map((path) => ({
      name: 'target.txt',
      bytes: Buffer.from(path, 'utf16le'),
    })),
  vary: ({ name, bytes }, donor, random) => {
    const text = vary(bytes.toString('utf16le'), donor.bytes.toString('utf16le'), random)
    return { name, bytes: Buffer.from(text, 'utf16le') }
  },
  check({ bytes }) {
    const request = matchSymbolRequest(bytes.toString('utf16le'))
    if (request.kind !== 'symbol') return Promise.resolve([])
    const { name, id, file, storePath, canonical, identities } = request.path
    const filed = storePath.split('/')
    return Promise.resolve([
      ...[name, id, file, ...filed]
        .filter(isHarmful)
        .map((segment) => `harmful segment ${JSON.stringify(segment)}`),
      ...(filed.length > 4 ? [`filed too deep: ${storePath}`] : []),
      ...(canonical === storePath.toLowerCase() ? [] : [`filed as ${storePath}, but ${canonical}`]),
      ...(identities.length === 0 ? ['no identity'] : []),
    ])
  },
}

/** Mostly flaws that leave a symbol path one: name and file are to be alike. */
function vary(path: string, donor: string, random: RandomNumbers): string {
  const segments = path.split('/')
  const [name = '', id = ''] = [segments.at(-1), segments.at(-2)]
  switch (random(6)) {
    case 0:
      return randomText(random)
    case 1:
      return flawed(path, donor, random)
    case 2:
      return `/${insertion(donor, random)}${path}`
    case 3:
      return path.replaceAll(id === '' ? '/' : id, flawed(id, donor, random))
    case 4:
      return [...segments.slice(0, -1), flawed(name, donor, random)].join('/')
    default:
      return path.replaceAll(name === '' ? '/' : name, flawed(name, donor, random))
  }
}

function flawed(original: string, donor: string, random: RandomNumbers): string {
  let text = original
  for (let change = random(MAX_CHANGES); change >= 0; change--) {
    const at = random(text.length + 1)
    const until = random(2) === 0 ? at : at + random(text.length - at + 1)
    const cut = text.slice(at, until)
    const piece = random(3) === 0 ? cut.toUpperCase() : insertion(donor, random)
    text = text.slice(0, at) + piece + text.slice(until)
  }
  return text
}

function insertion(donor: string, random: RandomNumbers): string {
  if (random(4) === 0) return donor.slice(random(donor.length))
  if (random(8) === 0) return String.fromCharCode(random(256))
  return PIECES[random(PIECES.length)] ?? ''
}

/** As node:http gives targets: one character for each byte. */
function randomText(random: RandomNumbers): string {
  return `/${String.fromCharCode(...Array.from({ length: random(60) }, () => random(256)))}`
}

function isHarmful(segment: string): boolean {
  return /^\.*$|[\p{Cc}/\\:]|[. ]$/u.test(segment) || !segment.isWellFormed()
}

function corpusPaths(): string[] {
  return (openCorpus()?.rows ?? []).flatMap(({ identifiers = {}, alt_paths = [] }) =>
    [
      identifiers['symstore_path'],
      identifiers['breakpad_path'],
      identifiers['ssqp_keys'],
      alt_paths,
    ]
      .flat()
      .filter((path) => typeof path === 'string')
      .map((path) => `/${path}`),
  )
}
