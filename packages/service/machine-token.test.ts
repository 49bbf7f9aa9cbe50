import { afterAll, expect, test } from 'bun:test'
import { exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { createMachineTokens, realChance } from './index.ts'

const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
const key = JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'machine' })

const forms: URLSearchParams[] = []
let answer: () => Response | Promise<Response> = () => Response.json({})
const auth = Bun.serve({
  port: 0,
  fetch: async (request) => {
    forms.push(new URLSearchParams(await request.text()))
    return answer()
  },
})
afterAll(() => auth.stop(true))
/** As `auth` would sign it, under a key that changes with every token. */
const tokenOf = (count: number) => `${btoa(JSON.stringify({ kid: `key-${count}` }))}.${count}`
const granted = () => Response.json({ access_token: tokenOf(forms.length), expires_in: 300 })

const withdrawn = new Set<string>()
let time = new Date('2026-11-23T09:00:00Z')
const open = (tokenUrl = auth.url.href) =>
  createMachineTokens({
    tokenUrl,
    issuer: 'https://auth.test',
    clientId: 'payment',
    key,
    newId: realChance().newId,
    now: () => time,
    isWithdrawn: async (keyId) => withdrawn.has(keyId),
  })
const faultOf = (work: Promise<string>) =>
  work.then(
    () => undefined,
    (error: { code: string }) => error.code,
  )

test('the service proves itself by a signed assertion for auth alone, new each time', async () => {
  answer = granted
  const tokenFor = open()
  await tokenFor('client')
  await tokenFor('documents')
  const [first, second] = forms.splice(0)
  expect(Object.fromEntries(first ?? [])).toMatchObject({
    grant_type: 'client_credentials',
    client_id: 'payment',
    audience: 'client',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
  const checked = await jwtVerify(first?.get('client_assertion') ?? '', publicKey, {
    issuer: 'payment',
    subject: 'payment',
    audience: 'https://auth.test',
    currentDate: time,
  })
  expect(checked.protectedHeader).toEqual({ alg: 'EdDSA', kid: 'machine' })
  expect((checked.payload.exp ?? 0) - (checked.payload.iat ?? 0)).toBe(60)
  expect(second?.get('client_assertion')).not.toBe(first?.get('client_assertion'))
})

test('callers at once share one question, and the token is kept until 30 s before its end', async () => {
  answer = async () => {
    await Bun.sleep(20)
    return granted()
  }
  forms.length = 0
  const tokenFor = open()
  expect(new Set(await Promise.all(Array.from({ length: 5 }, () => tokenFor('client'))))).toEqual(
    new Set([tokenOf(1)]),
  )
  time = new Date(time.getTime() + 269_000)
  expect(await tokenFor('client')).toBe(tokenOf(1))
  time = new Date(time.getTime() + 2000)
  expect(await tokenFor('client')).toBe(tokenOf(2))
})

test('a token of a key that was withdrawn is not shown any more, a new one is asked for', async () => {
  answer = granted
  forms.length = 0
  const tokenFor = open()
  expect([await tokenFor('client'), await tokenFor('client')]).toEqual([tokenOf(1), tokenOf(1)])
  withdrawn.add('key-1')
  expect([await tokenFor('client'), await tokenFor('client')]).toEqual([tokenOf(2), tokenOf(2)])
})

test('auth that is away, refuses or talks nonsense is told as unavailable, ends no process, and is asked again', async () => {
  const unhandled: unknown[] = []
  const listener = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', listener)
  const tokenFor = open()
  expect(await faultOf(open('http://127.0.0.1:1/token')('client'))).toBe('unavailable')
  for (const broken of [
    () => Response.json({ error: 'invalid_client' }, { status: 401 }),
    () => new Response('<html>'),
    () => Response.json({ access_token: 5 }),
    () => Response.redirect('http://127.0.0.1:1/'),
  ]) {
    answer = broken
    const faults = await Promise.all([faultOf(tokenFor('client')), faultOf(tokenFor('client'))])
    expect(faults).toEqual(['unavailable', 'unavailable'])
  }
  answer = granted
  expect(await tokenFor('client')).toEndWith(`.${forms.length}`)
  await Bun.sleep(10)
  process.off('unhandledRejection', listener)
  expect(unhandled).toEqual([])
})
