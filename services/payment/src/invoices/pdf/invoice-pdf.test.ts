import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { transferCode } from '../../qr/transfer-code.ts'
import { codesOf } from './draw-codes.ts'
import { invoicePdf } from './invoice-pdf.ts'
import type { InvoiceSheet } from './invoice-sheet.ts'
import { isWhite, lookAt, readCodes } from './testing-pdf.node.ts'
import { simulatedLink, simulatedSheet } from './testing-sheet.ts'

const seed = Math.trunc(Math.random() * 2 ** 31)
const see = async (sheet: InvoiceSheet, scale?: number) => lookAt(await invoicePdf(sheet), scale)
const codesSeen = async (sheet: InvoiceSheet, scale?: number): Promise<string[]> => {
  const pages = await see(sheet, scale)
  return (await Promise.all(pages.map(({ picture }) => readCodes(picture)))).flat()
}
const textOf = async (sheet: InvoiceSheet): Promise<string> =>
  (await see(sheet, 0.1)).map(({ text }) => text).join(' ')
const plain = (text: string): string => text.replace(/\s+/g, ' ')

test('both codes read from the picture say what was written', async () => {
  const sheet = simulatedSheet()
  const codes = await codesSeen(sheet)
  expect(codes).toEqual([
    transferCode({
      payee: { ...sheet.seller, name: 'ООО «Контора»' },
      amountKopecks: 1_220_000,
      purpose: sheet.purpose,
    }),
    simulatedLink,
  ])
  expect(codes[0]).toStartWith('ST00012|Name=ООО «Контора»|PersonalAcc=40702810300000000001|')
  expect(codes[0]).toContain(
    '|Sum=1220000|Purpose=Оплата по счету № 2026-000123 от 23.11.2026. В том числе НДС 22% 2200.00 руб.|',
  )
})

test('the longest names and purposes read too, in Cyrillic and whatever else', async () => {
  const words = (maxLength: number) =>
    fc
      .array(fc.constantFrom(...'абвёюяЖЩЪ №«»—,.|~"Az09ґ漢😀'), { minLength: maxLength - 5, maxLength })
      .map((signs) => signs.join(''))
  await fc.assert(
    fc.asyncProperty(words(160), words(45), words(210), async (shortName, bankName, purpose) => {
      const sheet = simulatedSheet(1, { purpose })
      Object.assign(sheet.seller, { shortName, bankName })
      expect(await codesSeen(sheet)).toEqual(codesOf(sheet).map(({ text }) => text))
    }),
    { seed, numRuns: 8 },
  )
}, 30_000)

test('the same sheet makes the same bytes, also in another process, time zone and language', async () => {
  const bytes = await invoicePdf(simulatedSheet(20))
  expect(await invoicePdf(simulatedSheet(20))).toEqual(bytes)
  const script = `
    import { invoicePdf } from '${import.meta.dir}/invoice-pdf.ts'
    import { simulatedSheet } from '${import.meta.dir}/testing-sheet.ts'
    await Bun.write(Bun.stdout, await invoicePdf(simulatedSheet(20)))`
  for (const TZ of ['Asia/Kamchatka', 'America/Los_Angeles']) {
    const child = Bun.spawn([process.execPath, '-e', script], {
      env: { TZ, LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      stdout: 'pipe',
    })
    expect(new Uint8Array(await new Response(child.stdout).arrayBuffer())).toEqual(bytes)
  }
})

test('another sheet makes other bytes', async () => {
  const bytes = await invoicePdf(simulatedSheet())
  expect(await invoicePdf(simulatedSheet(1, { paidKopecks: 1 }))).not.toEqual(bytes)
})

test('200 lines go over pages, each with the head of the table and its number, and none is lost', async () => {
  const pages = await see(simulatedSheet(200), 1)
  expect(pages.length).toBeGreaterThan(4)
  pages.forEach(({ text, picture }, i) => {
    expect(text).toContain(`Страница ${i + 1} из ${pages.length}`)
    if (text.includes(', этап ')) expect(text).toContain('Товары (работы, услуги)')
    expect(isWhite(picture, 1, [570, 0, 595, 841])).toBe(true)
    expect(isWhite(picture, 1, [0, 820, 595, 841])).toBe(true)
  })
  const numbers = Array.from(
    pages
      .map(({ text }) => text)
      .join(' ')
      .matchAll(/этап (\d+)/g),
    ([, number]) => Number(number),
  )
  expect(numbers).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
})

test('a long title is wrapped, also one without a blank, and stays in its column', async () => {
  const sheet = simulatedSheet()
  const titles = ['Широкоформатное '.repeat(18), 'Щ'.repeat(300)]
  sheet.lines = titles.map((title) => ({ ...sheet.lines[0]!, title }))
  const [page] = await see(sheet)
  expect(page!.text.match(/Широкоформатное/g)).toHaveLength(18)
  expect(page!.text.match(/Щ/g)).toHaveLength(300)
  expect(isWhite(page!.picture, 2, [569, 0, 595, 841])).toBe(true)
})

test('the largest sums stand whole and within the page', async () => {
  const most = Number.MAX_SAFE_INTEGER
  const sheet = simulatedSheet(1, {
    amountKopecks: most,
    vat: [{ percent: 22, vatKopecks: most }],
    sbp: null,
  })
  sheet.lines = [
    {
      ...sheet.lines[0]!,
      priceKopecks: most,
      discountKopecks: most,
      amountKopecks: most,
      quantity: 1_000_000,
    },
  ]
  const [page] = await see(sheet)
  expect(page!.text.match(/90 071 992 547 409,91/g)!.length).toBeGreaterThanOrEqual(7)
  expect(page!.text).toContain('Девяносто триллионов семьдесят один миллиард')
  expect(isWhite(page!.picture, 2, [569, 0, 595, 841])).toBe(true)
})

test('who sells, who buys, by when, for what and how much stand on the sheet', async () => {
  const text = await textOf(simulatedSheet())
  for (const words of [
    'Счёт на оплату № 2026-000123 от 23 ноября 2026 г.',
    'Филиал «Центральный» Банка ВТБ (ПАО)',
    '30101810345250000745',
    '40702810300000000001',
    'ООО «Ромашка», ИНН 7736050003, КПП 773601001',
    'не позднее 1 декабря 2026 г.',
    'В том числе НДС 22 %: 2 200,00',
    'Всего наименований 1, на сумму 12 200,00 ₽',
    'Двенадцать тысяч двести рублей 00 копеек',
    'Иванов И. И.',
    'Петрова А. С.',
  ])
    expect(plain(text)).toContain(words)
})

test('VAT stands apart for each rate, and without VAT that is said', async () => {
  const mixed = await textOf(
    simulatedSheet(1, {
      vat: [
        { percent: 22, vatKopecks: 100 },
        { percent: 10, vatKopecks: 250 },
        { percent: null, vatKopecks: 0 },
      ],
    }),
  )
  expect(mixed).toContain('В том числе НДС 22 %: 1,00')
  expect(mixed).toContain('В том числе НДС 10 %: 2,50')
  expect(mixed).not.toContain('Без налога')
  expect(await textOf(simulatedSheet(1, { vat: [{ percent: null, vatKopecks: 0 }] }))).toContain(
    'Без налога (НДС): –',
  )
})

test('of a partly paid invoice the rest is asked for', async () => {
  const sheet = simulatedSheet(1, {
    paidKopecks: 1_000_000,
    sbp: { link: simulatedLink, amountKopecks: 100_000 },
  })
  const text = await textOf(sheet)
  expect(text).toContain('Оплачено: 10 000,00')
  expect(text).toContain('Осталось оплатить: 2 200,00')
  expect((await codesSeen(sheet))[0]).toContain('|Sum=220000|')
})

test.each([
  ['paid', 'ОПЛАЧЕН', { paidKopecks: 1_220_000 }],
  ['cancelled', 'ОТМЕНЁН', {}],
  ['expired', 'СРОК ОПЛАТЫ ИСТЁК', {}],
  ['draft', 'ПРОЕКТ, НЕ ДЛЯ ОПЛАТЫ', { number: null, issuedOn: null, purpose: '' }],
] as const)('%s invites nobody to pay', async (state, mark, more) => {
  const sheet = simulatedSheet(1, { ...more, state })
  expect(await textOf(sheet)).toContain(mark)
  expect(await textOf(sheet)).not.toContain('не позднее')
  expect(await codesSeen(sheet)).toEqual([])
})

test('a link of another host than that of НСПК is not drawn', async () => {
  const sheet = simulatedSheet(1, {
    sbp: { link: simulatedLink.replace('.ru', '.example'), amountKopecks: 1 },
  })
  expect(await codesSeen(sheet)).toHaveLength(1)
})

test('a person in business signs alone', async () => {
  const sheet = simulatedSheet()
  Object.assign(sheet.seller, { inn: '500100732259', kpp: null, accountant: null })
  const text = await textOf(sheet)
  expect(text).toContain('Индивидуальный предприниматель')
  expect(text).not.toContain('Бухгалтер ')
})

test('words without a place in the font break nothing', async () => {
  const sheet = simulatedSheet()
  sheet.lines[0]!.title = '漢字 😀 \u202Eгнп.exe \u200Bи\u0306 ₽'
  expect(await textOf(sheet)).toContain('й ₽')
})
