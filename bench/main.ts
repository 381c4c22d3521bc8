import { benchDownloads } from './downloads.ts'

await benchDownloads()
