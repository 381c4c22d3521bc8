import type { WrittenUpstream } from './written-upstream.ts'

/** A public symbol server, as an upstream that can be added. */
export interface PublicServer {
  readonly owner: string
  readonly written: WrittenUpstream
}

/** What hardly changes: a public server's «not here» is believed for a day. */
const PUBLIC = { public: true, misses: { retry_after: '24h' } } as const

/** Drivers, whose makers publish the executables and keep the PDBs. */
const IMAGES_ONLY = { kinds: ['pe'] } as const

const server = (
  owner: string,
  name: string,
  url: string,
  more: WrittenUpstream = {},
): PublicServer => ({ owner, written: { name, url, ...PUBLIC, ...more } })

/** Those that debuggers on Windows need, with what each is known to have and to want (protocol.md §6.5, §8). */
export const PRESET_SERVERS = {
  msdl: server('Microsoft', 'msdl', 'https://msdl.microsoft.com/download/symbols', {
    kinds: ['pe', 'pdb', 'elf', 'macho', 'other'],
  }),
  mozilla: server('Mozilla', 'mozilla', 'https://symbols.mozilla.org', {
    kinds: ['pe', 'pdb', 'breakpad', 'other'],
  }),
  electron: server('Electron', 'electron', 'https://symbols.electronjs.org', {
    kinds: ['pe', 'pdb', 'breakpad', 'other'],
  }),
  amd: server('AMD', 'amd', 'https://download.amd.com/dir/bin', IMAGES_ONLY),
  nvidia: server('NVIDIA', 'nvidia', 'https://driver-symbols.nvidia.com', IMAGES_ONLY),
  // It answers only to some agents; this one is known to work (Sentry's list of sources).
  intel: server('Intel', 'intel', 'https://software.intel.com/sites/downloads/symbols', {
    ...IMAGES_ONLY,
    user_agent: 'curl/7.72.0',
  }),
  chromium: server(
    'Google',
    'chromium',
    'https://chromium-browser-symsrv.commondatastorage.googleapis.com',
    { kinds: ['pe', 'pdb'] },
  ),
  nuget: server('NuGet.org', 'nuget', 'https://symbols.nuget.org/download/symbols', {
    kinds: ['pdb'],
    require_checksum: true,
  }),
} as const

/** Further public servers, none of which is asked unless somebody adds it. */
export const MORE_SERVERS: readonly PublicServer[] = [
  server(
    'random ASCII',
    'randomascii',
    'https://randomascii-symbols.commondatastorage.googleapis.com',
  ),
  server('Mozilla (try builds)', 'mozilla-try', 'https://symbols.mozilla.org/try'),
  server('AMD (2018)', 'amd-2018', 'https://download.amd.com/dir/bin_2018', IMAGES_ONLY),
  server('Citrix', 'citrix', 'https://ctxsym.citrix.com/symbols'),
  server('Unity', 'unity', 'http://symbolserver.unity3d.com'),
  server('Autodesk', 'autodesk', 'http://symbols.autodesk.com/symbols'),
  server('RenderDoc', 'renderdoc', 'https://renderdoc.org/symbols'),
  server('Rhino', 'rhino', 'http://s3.symbols.rhino3d.com/symbols/dujour'),
  server('Dolphin', 'dolphin', 'https://symbols.dolphin-emu.org'),
  server('LibreOffice', 'libreoffice', 'https://dev-builds.libreoffice.org/windows-debug/symbols'),
  server(
    'LibreOffice (32 bit)',
    'libreoffice-32',
    'https://dev-builds.libreoffice.org/win32-debug/symbols',
  ),
  server(
    'LibreOffice (old builds)',
    'libreoffice-old',
    'https://dev-downloads.libreoffice.org/symstore/symbols',
  ),
  server('BOINC', 'boinc', 'https://boinc.berkeley.edu/symstore'),
  server('Rosetta', 'rosetta', 'http://boinc.bakerlab.org/rosetta/symstore'),
  server('Mumble', 'mumble', 'https://dl.mumble.info/symbols'),
  server('WinBtrfs', 'winbtrfs', 'http://symbols.burntcomma.com'),
  server('Keyman', 'keyman', 'https://downloads.keyman.com/windows/symbols'),
  server(
    'OpenFabrics',
    'openfabrics',
    'https://www.openfabrics.org/downloads/Windows/latest/SymStor',
  ),
  server('nefarius (mirror of msdl)', 'nefarius', 'https://symbols.nefarius.at/download/symbols'),
  ...(
    [
      [
        'elfutils (asks the distributions)',
        'debuginfod-elfutils',
        'https://debuginfod.elfutils.org',
      ],
      ['Ubuntu', 'debuginfod-ubuntu', 'https://debuginfod.ubuntu.com'],
      ['Debian', 'debuginfod-debian', 'https://debuginfod.debian.net'],
      ['Fedora', 'debuginfod-fedora', 'https://debuginfod.fedoraproject.org'],
      ['Arch Linux', 'debuginfod-arch', 'https://debuginfod.archlinux.org'],
      ['openSUSE', 'debuginfod-opensuse', 'https://debuginfod.opensuse.org'],
      ['CentOS', 'debuginfod-centos', 'https://debuginfod.centos.org'],
    ] as const
  ).map(([owner, name, url]) => server(owner, name, url, { type: 'debuginfod', kinds: ['elf'] })),
]
