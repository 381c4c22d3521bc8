/** e_machine (System V ABI and the processor supplements); the name of the 32-bit class, then of the 64-bit one. */
const MACHINES: ReadonlyMap<number, readonly [string, string]> = new Map([
  [2, ['sparc', 'sparc']],
  [3, ['x86', 'x86']],
  [4, ['m68k', 'm68k']],
  [8, ['mips', 'mips64']],
  [15, ['hppa', 'hppa64']],
  [18, ['sparc', 'sparc']],
  [20, ['ppc', 'ppc']],
  [21, ['ppc64', 'ppc64']],
  [22, ['s390', 's390x']],
  [40, ['arm', 'arm']],
  [42, ['sh4', 'sh4']],
  [43, ['sparc64', 'sparc64']],
  [50, ['ia64', 'ia64']],
  [62, ['x86_64', 'x86_64']], // x32 when the class is 32-bit, which debuggers call x86_64 too
  [183, ['arm64', 'arm64']],
  [243, ['riscv32', 'riscv64']],
  [258, ['loongarch32', 'loongarch64']],
  [0x9026, ['alpha', 'alpha']],
])

/** The short name of an ELF machine number; undefined for unknown ones. */
export function elfArch(machine: number, is64: boolean): string | undefined {
  return MACHINES.get(machine)?.[is64 ? 1 : 0]
}
