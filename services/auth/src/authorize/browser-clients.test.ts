import { expect, test } from 'bun:test'
import * as v from 'valibot'
import { BrowserClientsText, namesLoopback } from './browser-clients.ts'

const read = (clients: unknown) => v.safeParse(BrowserClientsText, JSON.stringify(clients))
const withAddress = (address: string) => read({ portal: { redirect_uris: [address] } })

test('applications are read from JSON, and without the setting there is none', () => {
  const { output } = read({
    portal: { redirect_uris: ['https://a.ru/back'], post_logout_redirect_uris: ['https://a.ru/'] },
  })
  const portal = { redirectUris: ['https://a.ru/back'], signOutUris: ['https://a.ru/'] }
  expect(output).toEqual(new Map([['portal', portal]]))
  expect(v.parse(BrowserClientsText, undefined)).toEqual(new Map())
})

test('an address is https, or this machine’s, whole and as a browser writes it', () => {
  for (const good of [
    'https://a.ru/back',
    'https://a.ru/back?x=1',
    'http://127.0.0.1:4000/',
    'http://localhost/x',
  ])
    expect(withAddress(good).success).toBe(true)
  for (const bad of [
    ...['http://a.ru/back', 'https://a.ru/back#x', 'https://me:secret@a.ru/', 'javascript:alert(1)'],
    ...[
      'https://a.ru',
      'https://A.ru/',
      'https://a.ru/x/../y',
      '/back',
      'app:/back',
      'http://127.0.0.1.evil.ru/',
    ],
  ])
    expect([bad, withAddress(bad).success]).toEqual([bad, false])
})

test('what is no list of applications is refused, and the text is not told back', () => {
  for (const bad of [
    'secret',
    { portal: {} },
    { portal: { redirect_uris: [] } },
    { 'A b': { redirect_uris: ['https://a.ru/'] } },
  ]) {
    const { success, issues } = read(bad)
    expect(success).toBe(false)
    expect(issues?.[0]?.message).not.toContain('secret')
  }
  expect(read({ portal: { redirect_uris: ['https://a.ru/'], redirectUris: [] } }).success).toBe(false)
})

test('an address of this machine is seen among the others', () => {
  const named = (signOut: string) =>
    v.parse(
      BrowserClientsText,
      JSON.stringify({ a: { redirect_uris: ['https://a.ru/'], post_logout_redirect_uris: [signOut] } }),
    )
  expect(namesLoopback(named('https://a.ru/'))).toBe(false)
  expect(namesLoopback(named('http://[::1]:3000/'))).toBe(true)
})
