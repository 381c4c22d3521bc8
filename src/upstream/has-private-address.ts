import { isPrivateAddress } from './is-private-address.ts'

/** Whether the URL's host is written as a private address; names are looked at when they are resolved. */
export function hasPrivateAddress({ hostname }: URL): boolean {
  if (hostname.startsWith('[')) return isPrivateAddress(hostname.slice(1, -1))
  // URL writes every spelling of an IPv4 address in four numbers (0x7f.1, 2130706433).
  return /^[\d.]+$/.test(hostname) && isPrivateAddress(hostname)
}
