import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority } from '@kontora/simulators/mutual-tls'
import { openBankAgent } from './bank-agent.node.ts'
import { agentOfBinding } from './bank-agent.ts'

const authority = createAuthority('НУЦ')
const stranger = createAuthority('чужой')
const { certificate, key } = authority.issue('bank', { hosts: ['localhost'] })
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  tls: { cert: certificate, key },
  fetch: async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/slow') await Bun.sleep(6500)
    if (pathname === '/elsewhere') return Response.redirect('https://evil.test/', 302)
    return Response.json({ method: request.method, body: await request.text() }, { status: 201 })
  },
})
const url = `https://localhost:${server.port}`
const folder = mkdtempSync(join(tmpdir(), 'bank-ca-'))
afterAll(async () => {
  await server.stop(true)
  rmSync(folder, { recursive: true })
})

test("the bank's own authority is believed by this agent, as PEM or as a file, and by no other call", async () => {
  const file = join(folder, 'ca.pem')
  writeFileSync(file, `Russian Trusted Root CA\n${authority.certificate}\n${stranger.certificate}`)
  for (const ca of [authority.certificate, file]) {
    const answer = await openBankAgent({ ca })(`${url}/orders`, { method: 'POST', body: 'amount=1' })
    expect([answer.status, await answer.json()]).toEqual([201, { method: 'POST', body: 'amount=1' }])
  }
  expect(fetch(url)).rejects.toThrow()
})

test('without it, or with another, the bank is not called', async () => {
  for (const ca of [undefined, stranger.certificate])
    expect(Promise.resolve(openBankAgent({ ca })(url, { method: 'GET' }))).rejects.toThrow()
})

test('a redirect comes back as it is, and five seconds are for the connection, not for the answer', async () => {
  const agent = openBankAgent({ ca: authority.certificate })
  expect((await agent(`${url}/elsewhere`, {})).status).toBe(302)
  expect((await agent(`${url}/slow`, { method: 'POST', body: 'x' })).status).toBe(201)
}, 20_000)

test('what is no certificate ends the start, and nothing of it is told', () => {
  for (const ca of [
    '-----BEGIN CERTIFICATE-----\nsecret\n-----END CERTIFICATE-----',
    '/no/such/file',
    'secret',
  ]) {
    expect(() => openBankAgent({ ca })).toThrow('VTB_CA')
    expect(() => openBankAgent({ ca })).not.toThrow('secret')
  }
})

test('a worker calls by its binding, or by nothing where the bank shows an authority of its own', async () => {
  const called: string[] = []
  const binding = {
    VTB_FETCHER: {
      fetch: async (to: string) => {
        called.push(to)
        return new Response('{}')
      },
    },
  }
  await agentOfBinding(binding)({ ca: 'x' })('https://bank.test/')
  expect(called).toEqual(['https://bank.test/'])
  expect(() => agentOfBinding({})({ ca: 'x' })('https://bank.test/')).toThrow('not-sent')
  expect(agentOfBinding({})({ ca: undefined })).toBe(fetch)
})
