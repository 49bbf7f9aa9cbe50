import { expect, test } from 'bun:test'
import { canonicalText, isSigned, readPairs } from './checksum.ts'

const own = 'yourSecretToken'
const order = 'mdOrder=3ff6962a-7dcc-4283-ab50-a6d7dd3386fe&orderNumber=10747'
const t2 = '51C892147225ABE87798CB02979D70EF46D0AE79B5AA3B28B1C260BE286C50A9'
const vectors = [
  [
    'ooc7slpvc61k7sf7ma7p4hrefr',
    'orderNumber=2003&mdOrder=06cf5599-3f17-7c86-bdbc-bd7d00a8b38b&operation=approved&status=1',
    'mdOrder;06cf5599-3f17-7c86-bdbc-bd7d00a8b38b;operation;approved;orderNumber;2003;status;1;',
    'EAF2FB72CAB99FD5067F4BA493DD84F4D79C1589FDE8ED29622F0F07215AA972',
  ],
  [
    own,
    `status=1&${order}&operation=deposited&amount=123456&sign_alias=any`,
    'amount;123456;mdOrder;3ff6962a-7dcc-4283-ab50-a6d7dd3386fe;operation;deposited;orderNumber;10747;status;1;',
    t2,
  ],
  [
    own,
    `depositedAmount=123456&depositFlag=1&orderDescription=${encodeURIComponent('Счёт № 42')}&callbackCreationDate=Mon+Jan+31+21:46:52+MSK+2022&amount=123456&status=1&operation=deposited&orderNumber=INV-000042&mdOrder=3ff6962a-7dcc-4283-ab50-a6d7dd3386fe`,
    'amount;123456;callbackCreationDate;Mon Jan 31 21:46:52 MSK 2022;depositFlag;1;depositedAmount;123456;mdOrder;3ff6962a-7dcc-4283-ab50-a6d7dd3386fe;operation;deposited;orderDescription;Счёт № 42;orderNumber;INV-000042;status;1;',
    '7A4CE284A15E539508AC23A00A778AACA691282CCEEB117AD6E9D441C295ADBD',
  ],
  [
    own,
    `amount=123456&${order}&operation=deposited&sbp.c2b.operation.nspkCode=&status=0`,
    'amount;123456;mdOrder;3ff6962a-7dcc-4283-ab50-a6d7dd3386fe;operation;deposited;orderNumber;10747;sbp.c2b.operation.nspkCode;;status;0;',
    'BDC9B6008E21BCB57200180BC9A9908228C49DC648BA332F4DBE3ACEAB269114',
  ],
] as const

test.each(vectors)(
  'a vector of the reference verifies, whatever the order of its parameters: %#',
  async (key, query, text, sum) => {
    const pairs = readPairs(`${query}&checksum=${sum}`)!
    expect(canonicalText(pairs)).toBe(text)
    expect(await isSigned(text, sum, key)).toBe(true)
  },
)

test('what is empty, short, long, lower-case, of another key or another text does not verify', async () => {
  const text = vectors[1][2]
  for (const sum of ['', t2.slice(2), `${t2}00`, t2.toLowerCase(), `Z${t2.slice(1)}`, `0${t2.slice(1)}`])
    expect(await isSigned(text, sum, own)).toBe(false)
  expect(await isSigned(text, t2, `${own}!`)).toBe(false)
  expect(await isSigned(`${text} `, t2, own)).toBe(false)
  // The order that `localeCompare` gives is another text.
  expect(
    await isSigned(vectors[2][2], '48E646F4091961BFB71B37676DECDB5CB5A3F0F163EDDF67ADADA87E92C94E48', own),
  ).toBe(false)
})

test('a name that comes twice is refused', () => {
  expect(readPairs('status=1&status=0')).toBeUndefined()
  expect(readPairs('mdOrder=1&%6DdOrder=2')).toBeUndefined()
})
