/** IPv4 networks that are nobody's on the internet (RFC 6890): address and bits. */
const PRIVATE_V4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
];
/** IPv6 that is nobody's, or has an IPv4 address in it: unspecified, loopback, mapped, translated, unique local, link local, multicast. */
const PRIVATE_V6 = /^\[(::|64:ff9b:|f[cd]|fe[89ab]|ff)/;
const LOCAL_NAME = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/;

/**
 * Why nothing may be fetched from an address: it is not https, has a password in it, or is literally a private one. Undefined if it may be.
 * Names are not resolved: a Worker reaches the public internet only, this keeps mistakes out of the configuration and of redirects.
 */
export function addressFault({ protocol, username, password, hostname }: URL): string | undefined {
  if (protocol !== 'https:') return 'a feed is fetched by https only';
  if (username !== '' || password !== '') return 'a password does not belong into an address: put it into a header';
  if (LOCAL_NAME.test(hostname) || PRIVATE_V6.test(hostname) || isPrivateV4(hostname)) return `${hostname} is a private address`;
  return undefined;
}

/** `URL` has written every form of an IPv4 address as four numbers. */
function isPrivateV4(hostname: string): boolean {
  if (!/^\d+(\.\d+){3}$/.test(hostname)) return false;
  const address = toNumber(hostname);
  return PRIVATE_V4.some(([network, bits]) => address >>> (32 - bits) === toNumber(network) >>> (32 - bits));
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
