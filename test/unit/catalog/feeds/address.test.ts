import { expect, test } from 'vitest';
import { addressFault } from '../../../../src/catalog/feeds/address.ts';

test.for(
  `http://shop.example ftp://shop.example https://user:pass@shop.example https://localhost https://a.localhost. https://printer.local
   https://db.internal https://127.0.0.1 https://127.1 https://0x7f000001 https://2130706433 https://10.1.2.3 https://172.16.0.1 https://172.31.255.255
   https://192.168.0.1 https://169.254.169.254 https://100.64.0.1 https://0.0.0.0 https://224.0.0.1 https://255.255.255.255 https://[::] https://[::1]
   https://[::ffff:10.0.0.1] https://[fd00::1] https://[fe80::1] https://[64:ff9b::a00:1] https://[ff02::1]`.split(/\s+/),
)('%s may not be fetched', (url) => {
  expect(addressFault(new URL(url))).toBeDefined();
});

test.for(
  `https://shop.example https://shop.example:8443/a?b https://8.8.8.8 https://172.15.0.1 https://172.32.0.1 https://100.63.0.1 https://100.128.0.1
   https://223.255.255.255 https://[2606:4700::1111] https://localhost.example https://internal.example`.split(/\s+/),
)('%s may', (url) => {
  expect(addressFault(new URL(url))).toBeUndefined();
});
