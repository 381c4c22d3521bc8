/** The bytes of a fixed field before its first NUL, or all of them. */
export function untilNul(field: Buffer): Buffer {
  const end = field.indexOf(0)
  return end === -1 ? field : field.subarray(0, end)
}
