/** The opaque cursor that says where a page ends: the sort columns of its last item. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}
