import { expect, test } from 'bun:test'
import { createLog } from '@kontora/service'
import type { Resources } from '../resources.ts'
import { certificateCheck, tellCertificateEnd } from './certificate-end.ts'

const now = () => new Date('2026-11-23T10:00:00Z')
const endingAt = (text: string) => ({ now, sberCertificateEndsAt: () => new Date(text) })

test('30 days before its end the certificate degrades health and is told, not earlier', () => {
  const lines: string[] = []
  const log = createLog('auth', now, (line) => lines.push(line))
  const resourcesWith = (text: string) => ({ ...endingAt(text), log }) as unknown as Resources
  expect(certificateCheck(endingAt('2026-12-23T10:00:00Z')).isWell()).toBe(true)
  tellCertificateEnd(resourcesWith('2026-12-23T10:00:00Z'))
  tellCertificateEnd({ log, now } as unknown as Resources)
  expect(lines).toEqual([])
  expect(certificateCheck(endingAt('2026-12-23T09:59:59Z')).isWell()).toBe(false)
  tellCertificateEnd(resourcesWith('2026-12-23T09:59:59Z'))
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'error',
    event: 'sber-certificate-expires',
    days: 29,
  })
})
