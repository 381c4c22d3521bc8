const id = Buffer.from('b529691d8b46b84d93899a12bd257e1b01020304', 'hex')

/** ECMA-335 metadata with a stream of that name which holds the id: a portable PDB of the GUID 1D6929B5468B4DB893899A12BD257E1B. */
export function makeMetadata({ stream = '#Pdb', streams = 1, content = id }): Buffer {
  const root = Buffer.alloc(16)
  root.write('BSJB', 0, 'latin1')
  root.writeUInt32LE(12, 12)
  const name = Buffer.alloc(Math.ceil((stream.length + 1) / 4) * 4)
  name.write(stream, 'latin1')
  const header = Buffer.alloc(12)
  header.writeUInt16LE(streams, 2)
  header.writeUInt32LE(16 + 12 + 12 + name.byteLength, 4)
  header.writeUInt32LE(content.byteLength, 8)
  return Buffer.concat([root, Buffer.from('PDB v1.0\0\0\0\0'), header, name, content])
}
