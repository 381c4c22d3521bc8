/** Metadata with a #Pdb stream alone: all that identifies a portable PDB. `id` has 20 bytes, the GUID first. */
export function makePortablePdb({
  id,
  payload = Buffer.alloc(0),
}: {
  readonly id: Buffer
  readonly payload?: Buffer
}): Buffer {
  const root = Buffer.alloc(16)
  root.write('BSJB', 0, 'latin1')
  root.writeUInt16LE(1, 4)
  root.writeUInt16LE(1, 6)
  root.writeUInt32LE(12, 12)
  const name = Buffer.from('#Pdb\0\0\0\0', 'latin1')
  const header = Buffer.alloc(12)
  header.writeUInt16LE(1, 2)
  header.writeUInt32LE(16 + 12 + 12 + name.byteLength, 4)
  header.writeUInt32LE(id.byteLength + payload.byteLength, 8)
  return Buffer.concat([root, Buffer.from('PDB v1.0\0\0\0\0'), header, name, id, payload])
}
