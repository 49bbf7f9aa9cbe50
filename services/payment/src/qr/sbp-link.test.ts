import { expect, test } from 'bun:test'
import { isSbpLink } from './sbp-link.ts'

const id = 'AD100004BAL7227F9BNP6KNE007J9B3K'

test.each([
  `https://qr.nspk.ru/${id}?type=02&bank=100000000007&sum=1&cur=RUB&crc=AB75`,
  `https://qr.nspk.ru/${id}`,
])('a link of НСПК is one: %s', (link) => {
  expect(isSbpLink(link)).toBe(true)
})

test.each([
  `http://qr.nspk.ru/${id}`,
  `https://qr.nspk.ru.example.com/${id}`,
  `https://example.com/qr.nspk.ru/${id}`,
  `https://qr.nspk.ru@example.com/${id}`,
  `https://someone@qr.nspk.ru/${id}`,
  `https://qr.nspk.ru:8443/${id}`,
  'https://qr.nspk.ru/',
  `https://qr.nspk.ru/${id}/more`,
  ` https://qr.nspk.ru/${id}`,
  `https://qr.ns\tpk.ru/${id}`,
  `javascript:location='https://qr.nspk.ru/${id}'`,
  '',
])('another address is none: %s', (link) => {
  expect(isSbpLink(link)).toBe(false)
})
