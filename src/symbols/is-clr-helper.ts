const CLR_HELPERS =
  /^(?:lib)?(?:mscordaccore|mscordbi|sos)(?:_[\w.]+)?(?:\.(?:dbg|chk))?\.(?:dll|so|dylib)$|^sos\.netcore\.dll$|^apphost(?:\.exe)?$/

/** Whether files of this name are filed under the id of another module (SSQP, CLR private keys), so that theirs says nothing. */
export function isClrHelper(name: string): boolean {
  return CLR_HELPERS.test(name.toLowerCase())
}
