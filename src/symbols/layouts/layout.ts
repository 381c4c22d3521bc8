/** How a store spells its paths (protocol.md §1.7, §5.4–5.6). */
export type Layout =
  /** `name/ID/file`, compressed files beside them as `fil_`. */
  | 'symstore'
  /** The same below the first two letters of the name. */
  | 'symstore_index2'
  /** Microsoft's «Simple Symbol Query Protocol»: names in lower case, nothing compressed. */
  | 'ssqp'
  /** `name/ID/name.sym` and nothing else. */
  | 'breakpad'
  /** What debuggers of each system have on disk: SymStore's, GDB's `ab/cdef….debug`, LLDB's `ABCD/…`. */
  | 'native'
  /** «/buildid/» of debuginfod servers, which have ELF files and sources alone. */
  | 'debuginfod'

/** A change of case for stores that tell upper from lower. */
export type Casing = 'default' | 'lower' | 'lower_file' | 'lower_id' | 'upper_id'
