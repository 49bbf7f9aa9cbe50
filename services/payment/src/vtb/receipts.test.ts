import { expect, test } from 'bun:test'
import { BankFault } from '../acquirer/bank-fault.ts'
import { openDoor, type Send } from '../acquirer/guarded-calls.ts'
import { createReceiptCalls, receiptFields } from './receipts.ts'

type Sent = { url: string; form: Record<string, string> }
const calls = (body: unknown, sent: Sent[] = []) => {
  const send: Send = (url, init) => {
    sent.push({ url, form: Object.fromEntries(new URLSearchParams(String(init?.body))) })
    return new Response(typeof body === 'string' ? body : JSON.stringify(body))
  }
  return createReceiptCalls({
    url: 'http://vtb.test',
    user: 'api',
    password: 'secret',
    door: openDoor({ send, now: () => new Date(0) }),
  })
}
const listOf = (receipt: unknown) => calls({ errorCode: '0', receipt }).receiptsOf('md')
const faultOf = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return error instanceof BankFault ? `${error.kind} ${error.code}` : 'none'
}

const full = {
  receiptStatus: 1,
  uuid: 'u1',
  receiptType: null,
  fn_number: '9960440301234567',
  fiscal_document_number: 7,
  fiscal_document_attribute: 1234567890,
  amount_total: 1234.5,
  receipt_datetime: 1_795_000_000_000,
  ofd_receipt_url: 'https://ofd.example/r/7',
  ofdOrderBundle: '{"cartItems":{"items":[{"itemAmount":100},{"itemAmount":23}]}}',
}

test('a closing goes with its sum, its cart and the system of taxes', async () => {
  const sent: Sent[] = []
  const receipt = { orderBundle: '{}', taxSystem: 1, additionalOfdParams: '{"use_legacy_vat":true}' }
  await calls({ errorCode: '0' }, sent).close({ mdOrder: 'md', amountKopecks: 1000, receipt })
  expect(sent).toEqual([
    {
      url: 'http://vtb.test/payment/rest/closeOfdReceipt.do',
      form: {
        ...{ userName: 'api', password: 'secret', mdOrder: 'md', amount: '1000' },
        ...{ orderBundle: '{}', taxSystem: '1', additionalOfdParams: '{"use_legacy_vat":true}' },
      },
    },
  ])
  expect(receiptFields(undefined)).toEqual({})
  expect(receiptFields({ orderBundle: '{}', taxSystem: 0, additionalOfdParams: undefined })).toEqual({
    orderBundle: '{}',
    taxSystem: '0',
  })
})

test('a whole answer is read whole', async () => {
  expect(await listOf([full])).toEqual([
    {
      ...{ uuid: 'u1', status: 1, type: null, amountTotal: '1234.5', cartKopecks: 123 },
      ...{ fiscalDriveNumber: '9960440301234567', fiscalDocumentNumber: '7', fiscalSign: '1234567890' },
      ofdUrl: 'https://ofd.example/r/7',
      issuedAt: new Date(1_795_000_000_000),
    },
  ])
})

test('an early answer, an older version and the other name of the date are read too', async () => {
  const [early] = await listOf([{ receiptStatus: '0', uuid: 'u1' }])
  expect(early).toMatchObject({
    status: 0,
    type: undefined,
    amountTotal: undefined,
    issuedAt: null,
    ofdUrl: null,
  })
  const [other] = await listOf([{ ...full, receipt_datetime: undefined, receipt_date_time: '1795000000000' }])
  expect(other?.issuedAt).toEqual(new Date(1_795_000_000_000))
  const [close] = await listOf([{ ...full, receiptType: 'close', ofdOrderBundle: 'garbage' }])
  expect(close).toMatchObject({ type: 'close', cartKopecks: undefined })
  expect(await listOf([])).toEqual([])
})

test.each(['', 'javascript:alert(1)', 'http://ofd.example/r/7', 'https://user@evil.test/', 7])(
  'the link %p is shown to nobody',
  async (link) => {
    expect((await listOf([{ ...full, ofd_receipt_url: link }]))[0]?.ofdUrl).toBeNull()
  },
)

test.each([
  ['another generation of the API', { errorCode: '0', receipts: [{ receiptStatus: 3 }] }, 'unclear garbage'],
  ['no list', { errorCode: '0' }, 'unclear no-list'],
  ['a receipt without a uuid', { errorCode: '0', receipt: [{ receiptStatus: 1 }] }, 'unclear no-list'],
  ['a refusal', { errorCode: '5' }, 'refused 5'],
  ['no JSON', '<html>', 'unclear garbage'],
  ['an order that is not known', { errorCode: '6' }, 'none'],
])('%s is answered with: %s', async (_, body, outcome) => {
  expect(await faultOf(calls(body).receiptsOf('md'))).toBe(outcome)
})
