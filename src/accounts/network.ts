const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i
const GROUPS = 8
/** A network of this size is given to one customer (RFC 6177), who can take a new address of it for every request. */
const GROUPS_OF_A_NETWORK = 4

/** Whom a try is counted for: the IPv4 address, or the /64 of an IPv6 address. What is no address stands for itself. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  const host = URL.parse(`http://[${address}]`)?.hostname
  if (host === undefined) return address
  const mapped = MAPPED.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail = ''] = host.slice(1, -1).split('::')
  const [first, last] = [head, tail].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ]
  const zeros = host.includes('::') ? Array<string>(GROUPS - first.length - last.length).fill('0') : []
  return `${[...first, ...zeros, ...last].slice(0, GROUPS_OF_A_NETWORK).join(':')}::/64`
}
