import { Card } from './card.tsx'
import { CopyLine } from './copy-line.tsx'

/** Lines to paste into debuggers and build scripts, with this server's address. */
export function ConnectLines({ address }: { readonly address: string }) {
  return (
    <Card title="Connect" id="connect">
      <CopyLine label="WinDbg" text={`.sympath+ srv*C:\\Symbols*${address}`} />
      <CopyLine label="Visual Studio: Options, Debugging, Symbols" text={address} />
      <CopyLine label="LLDB" text={`settings set plugin.symbol-locator.symstore.urls ${address}`} />
      <CopyLine label="GDB, in the environment" text={`DEBUGINFOD_URLS=${address}`} />
      <CopyLine label="GDB, in .gdbinit" text="set debuginfod enabled on" />
      <CopyLine
        label="Build agent"
        text={`SYMGATE_TOKEN=… symgate push --server ${address} --tag 1.2.3 build/`}
      />
      <CopyLine
        label="curl"
        text={`curl -H "Authorization: Bearer $TOKEN" --data-binary @symbols.zip "${address}/api/v1/uploads?tag=1.2.3"`}
      />
    </Card>
  )
}
