/** An age as SymStore writes it behind a GUID or signature: lower-case hex, and nothing where it is 0 or absent. */
export function storeAge(age: number): string {
  return age === 0 ? '' : age.toString(16)
}
