import { PRESET_SERVERS } from './public-servers.ts'
import type { WrittenUpstream } from './written-upstream.ts'

/** Which public servers are there without being configured. */
export type PresetChoice = 'debugger' | 'service' | 'off'

/**
 * What crash services ask for most: the system libraries that stand in nearly every stack, and those of the
 * programs whose maker it is.
 */
const COMMON: Readonly<Record<'msdl' | 'mozilla' | 'electron' | 'amd', readonly string[]>> = {
  msdl: [
    'ntdll.*',
    'wntdll.pdb',
    'kernel32.*',
    'wkernel32.pdb',
    'kernelbase.*',
    'wkernelbase.pdb',
    'user32.*',
    'wuser32.pdb',
    'win32u.*',
    'wwin32u.pdb',
    'gdi32*.*',
    'wgdi32*.pdb',
    'advapi32.*',
    'wadvapi32.pdb',
    'combase.*',
    'wcombase.pdb',
    'ole*32.*',
    'wole32.pdb',
    'oleaut32.*',
    'woleaut32.pdb',
    'rpcrt4.*',
    'wrpcrt4.pdb',
    'sechost.*',
    'wsechost.pdb',
    'shell32.*',
    'shlwapi.*',
    'shcore.*',
    'ws2_32.*',
    'mswsock.*',
    'wininet.*',
    'winhttp.*',
    'crypt32.*',
    'bcrypt*.*',
    'ucrtbase*.*',
    'msvcrt.*',
    'msvcp*.*',
    'vcruntime*.*',
    'concrt*.*',
    'mfc*.*',
    'clr.*',
    'coreclr.*',
    'clrjit.*',
    'mscor*.*',
    'd2d1.*',
    'd3d*.*',
    'dxgi.*',
    'dwrite.*',
    'dwmapi.*',
    'opengl32.*',
    'comctl32.*',
    'comdlg32.*',
    'uxtheme.*',
    'imm32.*',
    'msctf.*',
    'dbghelp.*',
    'wow64*.*',
    'ntoskrnl.*',
    'ntkr*.*',
  ],
  mozilla: ['xul.*', 'firefox.*', 'mozglue.*', 'nss3.*', 'lgpllibs.*', 'XUL*', 'libxul.so*'],
  electron: ['electron*', 'node*', 'ffmpeg.*', 'libEGL*', 'libGLESv2*', 'Electron*'],
  amd: ['ati*', 'amd*'],
}

/** The upstreams of a choice, as people would write them. */
export function presetsOf(choice: PresetChoice): readonly WrittenUpstream[] {
  switch (choice) {
    case 'off':
      return []
    case 'debugger':
      return Object.values(PRESET_SERVERS).map(({ written }) => written)
    case 'service':
      return (['msdl', 'mozilla', 'electron', 'amd'] as const).map((name) => ({
        ...PRESET_SERVERS[name].written,
        allowlist_enabled: true,
        allowlist: COMMON[name],
      }))
  }
}
