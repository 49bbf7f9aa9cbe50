import { expect, test } from 'bun:test'
import { checksum, signedText } from './checksum.ts'

const parameters = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/([^;]+);([^;]*);/g)].map(([, name, value]) => [name, value]))

const vectors: [string, string, string, string][] = [
  [
    'T1, the published one',
    'ooc7slpvc61k7sf7ma7p4hrefr',
    'mdOrder;06cf5599-3f17-7c86-bdbc-bd7d00a8b38b;operation;approved;orderNumber;2003;status;1;',
    'EAF2FB72CAB99FD5067F4BA493DD84F4D79C1589FDE8ED29622F0F07215AA972',
  ],
  [
    'T2, with an amount',
    'yourSecretToken',
    'amount;123456;mdOrder;3ff6962a-7dcc-4283-ab50-a6d7dd3386fe;operation;deposited;orderNumber;10747;status;1;',
    '51C892147225ABE87798CB02979D70EF46D0AE79B5AA3B28B1C260BE286C50A9',
  ],
  [
    'T3, with names that only code units sort rightly and words in Russian',
    'yourSecretToken',
    'amount;123456;callbackCreationDate;Mon Jan 31 21:46:52 MSK 2022;depositFlag;1;depositedAmount;123456;mdOrder;3ff6962a-7dcc-4283-ab50-a6d7dd3386fe;operation;deposited;orderDescription;Счёт № 42;orderNumber;INV-000042;status;1;',
    '7A4CE284A15E539508AC23A00A778AACA691282CCEEB117AD6E9D441C295ADBD',
  ],
  [
    'T4, with an empty value',
    'yourSecretToken',
    'amount;123456;mdOrder;3ff6962a-7dcc-4283-ab50-a6d7dd3386fe;operation;deposited;orderNumber;10747;sbp.c2b.operation.nspkCode;;status;0;',
    'BDC9B6008E21BCB57200180BC9A9908228C49DC648BA332F4DBE3ACEAB269114',
  ],
]

test.each(vectors)('the checksum of %s', (_, key, text, expected) => {
  const shuffled = Object.fromEntries(Object.entries(parameters(text)).toReversed())
  expect(signedText(shuffled)).toBe(text)
  expect(checksum({ ...shuffled, checksum: 'FF', sign_alias: 'any' }, key)).toBe(expected)
})
