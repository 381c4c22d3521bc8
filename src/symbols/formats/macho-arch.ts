const ABI64 = 0x01000000
const ABI64_32 = 0x02000000
const CPU_ARM64 = ABI64 | 12
/** The upper byte of the subtype holds capability bits. */
const SUBTYPE_MASK = 0x00ffffff
const SUBTYPE_ARM64E = 2

/** CPU_TYPE_* of <mach/machine.h>. */
const CPUS: ReadonlyMap<number, string> = new Map([
  [7, 'x86'],
  [ABI64 | 7, 'x86_64'],
  [12, 'arm'],
  [CPU_ARM64, 'arm64'],
  [ABI64_32 | 12, 'arm64_32'],
  [18, 'ppc'],
  [ABI64 | 18, 'ppc64'],
])

/** The short name of a Mach-O processor; undefined for unknown ones. */
export function machoArch(cpu: number, subtype: number): string | undefined {
  if (cpu === CPU_ARM64 && (subtype & SUBTYPE_MASK) === SUBTYPE_ARM64E) return 'arm64e'
  return CPUS.get(cpu)
}
