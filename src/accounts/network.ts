const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i
const IPV4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/
const GROUPS = 8
const IPV6_NETWORK = /^([0-9a-f]+:[0-9a-f]+:[0-9a-f]+):[0-9a-f]+::\/64$/
/** A network of this size is given to one customer (RFC 6177), who can take a new address of it for every request. */
const GROUPS_OF_A_NETWORK = 4
/** A network of this size is given to one provider or one site: it shows roughly where a person was, not who. */
const GROUPS_OF_A_SITE = 3

/** Whom a try is counted for: the IPv4 address, or the /64 of an IPv6 address. What is no address stands for itself. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  const groups = groupsOf(address)
  if (groups === null) return address
  return MAPPED.exec(address)?.[1] ?? `${groups.slice(0, GROUPS_OF_A_NETWORK).join(':')}::/64`
}

/** What a log keeps of an IP: the /24 of an IPv4 address, the /48 of an IPv6 address. Null for anything else. */
export function shortenedNetwork(address: string | undefined): string | null {
  if (address === undefined) return null
  const start = IPV4.exec(MAPPED.exec(address)?.[1] ?? address)?.[1]
  if (start !== undefined) return `${start}.0/24`
  const groups = groupsOf(address)
  return groups === null ? null : `${groups.slice(0, GROUPS_OF_A_SITE).join(':')}::/48`
}

/** The eight groups of an IPv6 address; null for anything else. */
function groupsOf(address: string): string[] | null {
  const host = URL.parse(`http://[${address}]`)?.hostname
  if (host === undefined) return null
  const [head = '', tail = ''] = host.slice(1, -1).split('::')
  const [first, last] = [head, tail].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ]
  const zeros = host.includes('::') ? Array<string>(GROUPS - first.length - last.length).fill('0') : []
  return [...first, ...zeros, ...last]
}

/**
 * The larger block around what `networkOf` gives: the /24 of an IPv4 address, or the /48 of an IPv6 network, which is what
 * a site is given (RFC 6177), with 65,536 networks to ask from. Null for what is no network.
 */
export function widerNetworkOf(network: string): string | null {
  const [, ofFour] = IPV4.exec(network) ?? []
  const [, ofSix] = IPV6_NETWORK.exec(network) ?? []
  if (ofFour !== undefined) return `${ofFour}.0/24`
  return ofSix === undefined ? null : `${ofSix}::/48`
}
