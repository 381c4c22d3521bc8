import { hex8 } from './hex8.ts'

/** The code id of a PE image as SymStore writes it: `%08X` of TimeDateStamp, `%x` of SizeOfImage. */
export function imageId(timestamp: number, sizeOfImage: number): string {
  return hex8(timestamp) + sizeOfImage.toString(16)
}
