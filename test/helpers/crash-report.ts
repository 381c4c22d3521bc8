import { makePdb } from './make-pdb.ts'
import { makePe } from './make-pe.ts'

/** Where a module's files lie. */
type Place =
  /** Executable and PDB here, and a Breakpad file beside them. */
  | 'hosted'
  /** The Breakpad file alone, here. */
  | 'hosted sym'
  /** PDB and executable on a server in SymStore's layout. */
  | 'upstream'
  /** The PDB alone, compressed, on that server. */
  | 'upstream cab'
  /** The Breakpad file alone, on a Breakpad server. */
  | 'upstream sym'
  | 'nowhere'

/** A module of a crash report, as minidumps name it, and the files that exist of it. */
export interface CrashModule {
  readonly place: Place
  readonly codeFile: string
  readonly codeId: string
  readonly debugFile: string
  readonly debugId: string
  readonly pdb: Buffer
  readonly pe: Buffer
  readonly sym: Buffer
}

const TIMESTAMP = 0x6b014084

const NAMES: Readonly<Record<Place, readonly string[]>> = {
  hosted: ['game.exe', 'engine.dll', 'physics.dll', 'sound.dll', 'net+work.dll', 'UI Core.dll'],
  'hosted sym': ['crashpad_handler.exe', 'launcher.exe', 'tools.dll', 'overlay.dll'],
  upstream: [
    'ntdll.dll',
    'kernel32.dll',
    'KERNELBASE.dll',
    'user32.dll',
    'win32u.dll',
    'gdi32.dll',
    'gdi32full.dll',
    'msvcp_win.dll',
    'ucrtbase.dll',
    'combase.dll',
    'rpcrt4.dll',
    'sechost.dll',
  ],
  'upstream cab': ['d3d11.dll', 'dxgi.dll', 'd2d1.dll', 'dwrite.dll'],
  'upstream sym': ['xul.dll', 'mozglue.dll', 'nss3.dll', 'lgpllibs.dll'],
  nowhere: [
    'steam_api64.dll',
    'nvwgf2umx.dll',
    'GameOverlayRenderer64.dll',
    'discord_hook.dll',
    'tiptsf.dll',
    'mscoreei.dll',
    'obs_hook.dll',
    'rtss.dll',
    'avghooka.dll',
    'fmodex.dll',
  ],
}

/** The 40 modules of a crash report of an x86-64 Windows game. */
export function crashReport(): readonly CrashModule[] {
  const places = Object.keys(NAMES) as Place[]
  return places
    .flatMap((place) => NAMES[place].map((codeFile) => ({ place, codeFile })))
    .map(({ place, codeFile }, index) => {
      const guid = `497B72F6390A44FC878E5A2D63B6${(0xcc00 + index).toString(16).toUpperCase()}`
      const age = 1 + (index % 12)
      const timestamp = TIMESTAMP + index
      const sizeOfImage = 0x20_0000 + index * 0x1000
      const debugFile = codeFile.replace(/\.\w+$/, '.pdb')
      const debugId = guid + age.toString(16).toUpperCase()
      const codeView = { guid, age, pdbName: debugFile }
      return {
        place,
        codeFile,
        codeId: `${timestamp.toString(16)}${sizeOfImage.toString(16)}`.toUpperCase(),
        debugFile,
        debugId,
        pdb: makePdb({ guid, age }),
        pe: makePe({ timestamp, sizeOfImage, codeView }),
        sym: Buffer.from(
          `MODULE windows x86_64 ${debugId} ${debugFile}\nINFO CODE_ID ${timestamp
            .toString(16)
            .toUpperCase()}${sizeOfImage.toString(16).toUpperCase()} ${codeFile}\nPUBLIC 1000 0 main\n`,
        ),
      }
    })
}

/**
 * The paths that symbold asks for at the same time, one list for each of a module's pairs of name and id (its
 * documentation: the PDB's, for x86-64 also the executable's name with its own id and with the PDB's).
 */
export function symboldRequests({ codeFile, codeId, debugFile, debugId }: CrashModule) {
  const pairs = [
    [debugFile, debugId],
    [codeFile, codeId],
    [codeFile, debugId],
  ] as const
  return pairs.map(([name, id]) =>
    [name, name.replace(/.$/, '_'), name.replace(/\.\w+$/, '.sym')].map(
      (file) => `${encodeURIComponent(name)}/${id}/${encodeURIComponent(file)}`,
    ),
  )
}
