import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { torture } from './torture.ts'

const USAGE = 'usage: npm run torture -- [--kills N] [--seed S]'
const KILLS_PER_LINE = 10

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: `${Date.now()}` },
  },
})
const kills = Number(values.kills)
if (!Number.isInteger(kills) || kills < 1) {
  console.error(USAGE)
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'symgate-torture-'))
let survivedKills = 0
console.log(`seed ${values.seed}, ${kills} kills, in ${folder}`)
try {
  const { counts } = await torture({
    kills,
    seed: values.seed,
    folder,
    survived: (done, { counts }) => {
      if (Math.floor(done / KILLS_PER_LINE) > Math.floor(survivedKills / KILLS_PER_LINE))
        console.log(`${done} kills survived: ${JSON.stringify(counts)}`)
      survivedKills = done
    },
  })
  console.log(`${survivedKills} kills, nothing broken: ${JSON.stringify(counts)}`)
  rmSync(folder, { recursive: true, force: true })
} catch (error) {
  console.error(`BROKEN after ${survivedKills} survived kills; the data folder stays in ${folder}`)
  console.error(error)
  process.exitCode = 1
}
