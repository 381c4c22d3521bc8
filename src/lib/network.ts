/** An IP network: an address, and how many of its leading bits all addresses of the network share. */
export interface Network {
  readonly address: string
  readonly bits: number
}
