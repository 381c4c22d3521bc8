import { benchBigUploads } from './big-uploads.ts'
import { benchCabinet } from './cabinet.ts'
import { benchDownloads } from './downloads.ts'
import { benchFills } from './fills.ts'
import { benchIdentification } from './identification.ts'
import { benchIndex } from './index.ts'
import { benchIngestion } from './ingestion.ts'
import { benchLoad } from './load.ts'

/** What can be measured, by the name that is given on the command line; all of it when none is. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  downloads: benchDownloads,
  fills: benchFills,
  cabinet: benchCabinet,
  identification: benchIdentification,
  ingestion: benchIngestion,
  'big-uploads': benchBigUploads,
  index: benchIndex,
  load: benchLoad,
}

const wanted = process.argv.slice(2)
for (const name of wanted.length === 0 ? Object.keys(BENCHES) : wanted) {
  const bench = BENCHES[name]
  if (bench === undefined) {
    throw new Error(
      `no bench ${JSON.stringify(name)}; there are ${Object.keys(BENCHES).join(', ')}`,
    )
  }
  await bench()
}
