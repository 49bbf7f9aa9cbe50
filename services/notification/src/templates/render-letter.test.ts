import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { CodeContent, LetterContent } from './letter-content.ts'
import { safeLink } from './link.ts'
import { renderLetter } from './render-letter.ts'
import { formatRoubles } from './roubles.ts'

const portalUrl = 'https://portal.kontora.example'
const contents: (LetterContent | CodeContent)[] = [
  { kind: 'login-code', code: '012345', minutes: 10, purpose: 'sign-in' },
  { kind: 'login-code', code: '012345', minutes: 10, purpose: 'second-proof' },
  { kind: 'invoice-issued', amountKopecks: 123_456 },
  { kind: 'invoice-paid', amountKopecks: 1 },
  { kind: 'invoice-partly-paid', amountKopecks: 1, leftKopecks: 2 },
  ...[true, false].flatMap((isOverdue) =>
    [100_000_000, 99].map((leftKopecks) => {
      const rest = { amountKopecks: 100_000_000, leftKopecks }
      return { kind: 'invoice-reminder' as const, ...rest, dueOn: '2026-12-01', isOverdue }
    }),
  ),
  { kind: 'refund-settled', amountKopecks: Number.MAX_SAFE_INTEGER },
  { kind: 'document-requested', documentKind: 'passport', dueOn: '2026-12-31' },
  { kind: 'document-requested', documentKind: 'constructor', dueOn: null },
  { kind: 'document-accepted' },
  { kind: 'document-rejected', reasonCode: 'unreadable' },
  { kind: 'document-rejected', reasonCode: '__proto__' },
  { kind: 'identity-linked', way: { ru: 'Сбер ID', en: 'Sber ID' } },
  { kind: 'identity-unlinked', way: { ru: 'daisy', en: 'daisy' } },
  { kind: 'identity-disputed', way: { ru: '«Ромашка»', en: '“Daisy”' }, caseId: '0190-1' },
  { kind: 'device-added', way: { ru: 'Сбер ID', en: 'Sber ID' } },
  { kind: 'session-taken' },
  { kind: 'passkey-added' },
  { kind: 'passkey-removed' },
  { kind: 'recovery-codes-made' },
  { kind: 'recovery-code-used', left: 2 },
  { kind: 'mailing', subject: 'Новости', text: 'Раз\nдва\n\nтри' },
]
const all = contents.flatMap((content) =>
  (['ru', 'en'] as const).map((locale) => [`${content.kind} in ${locale}`, content, locale] as const),
)

test.each(all)('%s is small, has no script and links nowhere but to us', async (_, content, locale) => {
  const letter = await renderLetter(content, { locale, displayName: 'Анна' }, { portalUrl })
  expect(letter.html.length + letter.text.length).toBeLessThan(20_000)
  expect(letter.html).toStartWith('<!doctype html>')
  expect(letter.html).toContain(`<html lang="${locale}">`)
  expect(letter.html).not.toMatch(
    /<script|<img|<form|<iframe|javascript:|\son\w+=|undefined|\[object|function/i,
  )
  expect(letter.text).not.toMatch(/[<>]|undefined|\[object|function/)
  const links = [...letter.html.matchAll(/href="([^"]*)"/g), ...letter.text.matchAll(/(https?:\S+)/g)]
  expect(links.every(([, href]) => href === `${portalUrl}/`)).toBe(true)
  const alone = content.kind === 'login-code' || content.kind === 'mailing'
  expect(links).toHaveLength(alone ? 0 : 2)
  expect(letter.subject).not.toMatch(/[\r\n]/)
})

test.each(['ru', 'en'] as const)(
  'letters in %s that bill lead to where the invoice is paid, and no others do',
  async (locale) => {
    const payUrl = 'https://pay.kontora.example/pay/token'
    for (const content of contents) {
      const { html, text } = await renderLetter(content, { locale, displayName: null }, { portalUrl, payUrl })
      const bills = ['invoice-issued', 'invoice-partly-paid', 'invoice-reminder'].includes(content.kind)
      expect([content.kind, html.includes(`href="${payUrl}"`), text.includes(payUrl)]).toEqual([
        content.kind,
        bills,
        bills,
      ])
    }
  },
)

test.each([
  ['quotation marks', '"'],
  ['short paragraphs', 'ы\n\n'],
  ['lines', 'ы\n'],
])('the largest mailing of %s stays below what mail services clip', async (_, part) => {
  const text = part.repeat(15_000 / part.length)
  const content = { kind: 'mailing' as const, subject: 's', text }
  const letter = await renderLetter(content, { locale: 'ru', displayName: null }, { portalUrl })
  expect(new TextEncoder().encode(letter.html).length).toBeLessThan(100 * 1024)
})

test('a code letter says the code, how long it is good and that nobody may hear it', async () => {
  const letter = await renderLetter(contents[0]!, { locale: 'ru', displayName: null }, { portalUrl })
  for (const form of [letter.html, letter.text])
    for (const part of ['012345', '10 мин.', 'Никому не сообщайте']) expect(form).toContain(part)
  expect(letter.subject).not.toContain('012345')
})

test('a code that confirms says so, and what it means when one has confirmed nothing', async () => {
  const letter = await renderLetter(contents[1]!, { locale: 'ru', displayName: null }, { portalUrl })
  expect(letter.subject).toBe('Код подтверждения')
  for (const form of [letter.html, letter.text]) {
    expect(form).not.toContain('код для входа')
    for (const part of ['012345', 'Никому не сообщайте', 'завершите свои сеансы'])
      expect(form).toContain(part)
  }
})

test('whatever a name or a mailing holds comes out as the text that it is', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  console.log(`seed ${seed}`)
  const nasty = fc.constantFrom(
    '<script>alert(1)</script>',
    '"><a href="//evil">',
    '{{name}}',
    '$' + '{env}',
    '<%= x %>',
    '&amp;',
    "'",
  )
  const text = fc.array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 10 })), {
    minLength: 1,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(text, text, async (name, words) => {
      const said = words.join(' ').replaceAll(/[\r\n]/g, ' ')
      const displayName = `A${name.join(' ')}`.replaceAll(/[\r\n]/g, ' ')
      const content = { kind: 'mailing' as const, subject: said, text: said }
      const letter = await renderLetter(content, { locale: 'en', displayName }, { portalUrl })
      expect(letter.text).toBe(`Hello ${displayName},\n\n${said}\n`)
      const tags = [...letter.html.matchAll(/<\/?([a-z!]+)/gi)].map(([, tag]) => tag)
      expect(tags).toEqual([
        '!doctype',
        'html',
        'head',
        'meta',
        'meta',
        'title',
        'title',
        'head',
        'body',
        'div',
        'p',
        'p',
        'p',
        'p',
        'div',
        'body',
        'html',
      ])
      const shown = letter.html
        .slice(letter.html.lastIndexOf('<p>'), letter.html.lastIndexOf('</p>'))
        .replace(/^<p[^>]*>/, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&')
      expect(shown).toBe(said)
    }),
    { seed, numRuns: 200 },
  )
})

test('a link leads to the portal over https, or over http where the portal itself is', () => {
  expect(safeLink('/invoices', portalUrl)).toBe(`${portalUrl}/invoices`)
  expect(safeLink('http://localhost:4000/a', 'http://localhost:4000')).toBe('http://localhost:4000/a')
  for (const href of [
    'javascript:alert(1)',
    'data:text/html,x',
    'http://portal.kontora.example/',
    'https://portal.kontora.example.evil.example/',
    'https://portal.kontora.example@evil.example/',
    '//evil.example/',
    '\\\\evil.example',
  ])
    expect(() => safeLink(href, portalUrl)).toThrow('our own pages only')
})

test('sums are exact to the kopeck', () => {
  expect(formatRoubles(1, 'ru')).toBe('0,01\u00a0₽')
  expect(formatRoubles(100_000, 'ru')).toBe('1\u00a0000,00\u00a0₽')
  expect(formatRoubles(Number.MAX_SAFE_INTEGER, 'en')).toBe('₽90,071,992,547,409.91')
})
