/** The first 32 bytes of every PDB since Visual C++ 7. */
export const MSF7_MAGIC: Uint8Array = Buffer.from(
  'Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0',
  'latin1',
)
