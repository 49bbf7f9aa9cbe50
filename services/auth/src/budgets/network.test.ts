import { expect, test } from 'bun:test'
import { networkFrom, readRange } from './network.ts'

const trusted = ['10.0.0.0/8', 'fd00::/8', '203.0.113.7'].map((text) => readRange(text)!)
const network = (peer: string | undefined, forwarded?: string, header?: string) =>
  networkFrom(
    { trusted, header },
    peer,
    new Headers(forwarded === undefined ? {} : { [header ?? 'x-forwarded-for']: forwarded }),
  )

test('who is no proxy of ours is taken by his own address, whatever he says', () => {
  expect(network('198.51.100.4', '192.0.2.1')).toBe('198.51.100.4')
  expect(network('::ffff:198.51.100.4', '192.0.2.1')).toBe('198.51.100.4')
  expect(network('198.51.100.4', '192.0.2.1', 'fly-client-ip')).toBe('198.51.100.4')
})

test('through our proxies it is the last address that none of them has', () => {
  expect(network('10.1.2.3', '192.0.2.1')).toBe('192.0.2.1')
  expect(network('10.1.2.3', '1.1.1.1, 192.0.2.1, 203.0.113.7')).toBe('192.0.2.1')
  expect(network('::ffff:10.1.2.3', '192.0.2.1')).toBe('192.0.2.1')
  expect(network('10.1.2.3', '192.0.2.1', 'fly-client-ip')).toBe('192.0.2.1')
})

test('what a proxy tells and is no address leaves the proxy itself', () => {
  expect(network('10.1.2.3', '1.1.1.1, unknown')).toBe('10.1.2.3')
  expect(network('10.1.2.3', '')).toBe('10.1.2.3')
  expect(network('10.1.2.3')).toBe('10.1.2.3')
})

test('all addresses of one /64 are one network', () => {
  expect(network('2001:db8:1:2:aaaa::1')).toBe('2001:db8:1:2::/64')
  expect(network('2001:db8:1:2:ffff:0:0:9')).toBe('2001:db8:1:2::/64')
  expect(network('fd12::1', '2001:db8:1:3::1')).toBe('2001:db8:1:3::/64')
})

test('without a peer an edge platform is believed by its own header, and nothing else', () => {
  expect(network(undefined, '192.0.2.1', 'cf-connecting-ip')).toBe('192.0.2.1')
  expect(network(undefined, '192.0.2.1')).toBeUndefined()
})

test('a range is a network or one address', () => {
  expect(readRange('10.0.0.0/8')?.[1]).toBe(8)
  expect(readRange('::1')?.[1]).toBe(128)
  expect(readRange('10.0.0.0/99')).toBeUndefined()
  expect(readRange('proxy')).toBeUndefined()
})
