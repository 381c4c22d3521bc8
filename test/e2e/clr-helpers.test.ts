import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer, type RunningServer } from '../helpers/server.ts'

const BUILD_ID = '10faa6bbaab83db300112233445566778899aabb'
const RUNTIME_ID = '00112233445566778899aabbccddeeff00112233'
const FILES = [
  {
    data: makePe({ timestamp: 0x5ab38077, sizeOfImage: 0x9000 }),
    filed: 'mscordaccore.dll/542D574232000/mscordaccore.dll',
    asked: [
      'mscordaccore.dll/542D574232000/mscordaccore.dll',
      'mscordaccore.dll/542d574200032000/mscordaccore.dll',
      'ms/MSCORDACCORE.DLL/542D574232000/MSCORDACCORE.DLL',
      'mscordaccore.dll/5AB380779000/mscordaccore.dll',
    ],
  },
  {
    data: makeElf({ buildId: BUILD_ID }),
    filed: `libmscordaccore.so/elf-buildid-coreclr-${RUNTIME_ID}/libmscordaccore.so`,
    asked: [
      `libmscordaccore.so/elf-buildid-coreclr-${RUNTIME_ID}/libmscordaccore.so`,
      `libmscordaccore.so/ELF-BUILDID-CORECLR-${RUNTIME_ID.toUpperCase()}/libmscordaccore.so`,
      `libmscordaccore.so/elf-buildid-${BUILD_ID}/libmscordaccore.so`,
    ],
  },
] as const

async function expectServed(server: RunningServer): Promise<void> {
  for (const { data, asked } of FILES) {
    for (const path of asked) {
      const { status, body } = await curl(`${server.url}/${path}`)
      expect([path, status, body.equals(data)]).toEqual([path, 200, true])
    }
  }
}

describe('helpers of a .NET runtime, which debuggers ask for by its id', () => {
  it('are served under the path of the store that was uploaded, under their own id, and through a second symgate', async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const { status } = await fetch(`${server.url}/${token}/symbols?tag=8.0.1`, {
      method: 'POST',
      body: new Uint8Array(makeZip(FILES.map(({ filed, data }) => ({ name: filed, data })))),
    })
    expect(status).toBe(200)
    await expectServed(server)

    const second = await startServer({
      config: { upstreams: [{ name: 'first', url: server.url }] },
    })
    await expectServed(second)
    await server.stop()
    await expectServed(second)
  })
})
