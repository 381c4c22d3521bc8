/** IMAGE_FILE_MACHINE_* (PE/COFF specification, "Machine Types"; the PDB's DBI stream uses the same). */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [0x014c, 'x86'],
  [0x0166, 'mips'],
  [0x0169, 'mips'],
  [0x0184, 'alpha'],
  [0x0284, 'alpha64'],
  [0x01a2, 'sh3'],
  [0x01a6, 'sh4'],
  [0x01c0, 'arm'],
  [0x01c2, 'arm'],
  [0x01c4, 'arm'],
  [0x01f0, 'ppc'],
  [0x01f1, 'ppc'],
  [0x0200, 'ia64'],
  [0x0266, 'mips'],
  [0x0366, 'mips'],
  [0x0466, 'mips'],
  [0x0ebc, 'ebc'],
  [0x5032, 'riscv32'],
  [0x5064, 'riscv64'],
  [0x6232, 'loongarch32'],
  [0x6264, 'loongarch64'],
  [0x8664, 'x86_64'],
  [0xa641, 'arm64ec'],
  [0xa64e, 'arm64x'],
  [0xaa64, 'arm64'],
])

/** ReadyToRun images for other systems carry the machine XOR one of these (dotnet/runtime, readytorun-format). */
const READY_TO_RUN_SYSTEMS = [0x4644, 0xadc4, 0x7b79, 0x1993, 0x1992]

/** The short name of a PE machine number; undefined for 0 (any) and unknown ones. */
export function machineArch(machine: number): string | undefined {
  for (const system of [0, ...READY_TO_RUN_SYSTEMS]) {
    const arch = MACHINES.get(machine ^ system)
    if (arch !== undefined) return arch
  }
  return undefined
}
