import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type BaseResources, createApp, createSeal } from '@kontora/service'
import {
  type PageClient,
  type PageResources,
  signedInPage,
  signInRoutes,
  tellPeople,
} from '@kontora/service/pages'
import { exportJWK } from 'jose'
import { app as auth } from '../app.ts'
import { recoveryCodes } from '../recovery-codes/routes.ts'
import type { Resources } from '../resources.ts'
import { issuer, openWorld, type World } from '../testing.node.ts'
import { openBrowser, signInByPage } from '../testing-browser.node.ts'

const url = 'https://kontora.test/payment'
let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.testAccess.beat()
})
afterAll(() => world.close())

/** A page of another service before a real sensitive route: it knows of `auth` what it can ask over HTTP. */
const openPages = async () => {
  const pages: PageClient = {
    ...{ name: 'payment', issuer, url, home: '/codes', isSecure: true, tokenUrl: `${issuer}/v1/token` },
    machineKey: JSON.stringify(await exportJWK(world.machineKey)),
    seal: createSeal('A'.repeat(43)),
    ask: async (address, init) => auth.request(address.slice(issuer.length), init, world.resources),
  }
  const app = createApp<BaseResources & PageResources>({ title: 'payment', description: 'pages' })
  app.use('/codes', tellPeople() as never, signedInPage() as never)
  app.route('/codes', recoveryCodes as never).route('/', signInRoutes() as never)
  const cookies = new Map<string, string>()
  return async (address: string, method = 'GET') => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', cookie }
    const resources: Resources & PageResources = { ...world.resources, pages }
    const answer = await app.request(address.replace(url, ''), { method, headers }, resources)
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return { status: answer.status, to: answer.headers.get('location') ?? '', text: await answer.text() }
  }
}

test('a sensitive route behind a page sends to the second proof, and opens after it', async () => {
  const visit = await openPages()
  const browser = openBrowser(world)
  world.invite('anna@example.com')
  const { back } = await signInByPage(world, browser, (await visit('/codes')).to, 'anna@example.com')
  expect((await visit(back.headers.get('location') ?? '')).to).toBe(`${url}/codes`)
  expect((await visit('/codes')).text).toContain('"left":0')

  const refused = await visit('/codes', 'POST')
  const wanted = Object.fromEntries(new URL(refused.to).searchParams)
  expect([refused.status, wanted.acr_values, wanted.max_age]).toEqual([
    303,
    'urn:kontora:acr:second-proof',
    '300',
  ])
  const page = await browser.get(refused.to)
  const asked = await browser.submit(page, '/v1/step-up/ask?')
  await world.resolve()
  const code = (await world.letters()).at(-1)?.code ?? ''
  const codePage = await browser.get(asked.headers.get('location') ?? '')
  const proven = await browser.submit(codePage, '/v1/step-up/code', { code })
  expect((await visit(proven.headers.get('location') ?? '')).to).toBe(`${url}/codes`)

  const opened = await visit('/codes', 'POST')
  expect(opened.status).toBe(201)
  expect(JSON.parse(opened.text).codes).toHaveLength(10)
  world.pass(301_000)
  await world.testAccess.beat()
  expect((await visit('/codes', 'POST')).status).toBe(303)
})
