import { expect, test } from 'bun:test'
import { crc16, payloadUrl } from './payload-url.ts'

test.each([
  ['AS100001ORTF4GAF80KPJ53K186D9A3G?type=01&bank=100000000007', '0C8A'],
  ['AD100004BAL7227F9BNP6KNE007J9B3K?type=02&bank=100000000007&sum=1&cur=RUB', 'AB75'],
  ['BD100079OJJHGJAG83NRAERR9428F7H2?type=02&bank=100000000014&sum=97500&cur=RUB', 'DB3B'],
])('the real payload %s ends with %s', (address, crc) => {
  expect(crc16(`https://qr.nspk.ru/${address}`)).toBe(crc)
})

test('a payload carries the sum in kopecks and a CRC over all before it', () => {
  const payload = payloadUrl('AD100004BAL7227F9BNP6KNE007J9B3K', 97_500)
  expect(payload).toMatch(
    /^https:\/\/qr\.nspk\.ru\/AD\w{30}\?type=02&bank=\d{12}&sum=97500&cur=RUB&crc=[0-9A-F]{4}$/,
  )
  const [before = '', crc = ''] = payload.split('&crc=')
  expect(crc16(before)).toBe(crc)
})
