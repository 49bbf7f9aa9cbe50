import type { World } from '../../../services/auth/src/testing.node.ts'
import { openApplication, openBrowser } from '../../../services/auth/src/testing-browser.node.ts'
import type { Attempt, Person, Way } from './ways.ts'

export const wrong = (code: string): string => (code === '000000' ? '000001' : '000000')
const nothing = () => new Response(null, { status: 401 })

type Back = { headers: Headers }
export const codeIn = ({ headers }: Back): string | undefined => {
  const to = headers.get('location')
  return to?.startsWith('https://spa.test/') ? (new URL(to).searchParams.get('code') ?? undefined) : undefined
}

/** A browser, an application that waits for it, and what the application makes of what the browser brings back. */
export const openBoth = async (world: World) => {
  const browser = openBrowser(world)
  const application = await openApplication(world)
  const exchange = async (code: string | undefined): Promise<Response> =>
    code === undefined ? nothing() : Response.json((await application.exchange(code)).body)
  return { browser, application, exchange }
}
export type Both = Awaited<ReturnType<typeof openBoth>>

/** Up to where the page waits for the code, and the code that was sent, if one was. */
const awaitCode = async (world: World, { browser, application }: Both, { email }: Person) => {
  const before = (await world.letters()).length
  await browser.submit(await browser.get(application.url()), 'address', { email })
  await world.resolve()
  const letter = (await world.letters()).slice(before).findLast((one) => one.email === email)
  return letter?.code ?? '000000'
}

/** Also where the page shows no form for it, because there is no code. */
const sendCode = ({ browser, application }: Both, code: string): Promise<Back> =>
  browser.post(application.url().replace('/v1/authorize', '/v1/sign-in/code'), { code })

export const signInByPage = async (world: World, both: Both, person: Person): Promise<Back> =>
  sendCode(both, await awaitCode(world, both, person))

const byPage: Way = {
  locked: 'ends',
  begin: async (world, person) => {
    const both = await openBoth(world)
    const code = await awaitCode(world, both, person)
    return {
      take: async () => both.exchange(codeIn(await sendCode(both, code))),
      spoil: () => sendCode(both, wrong(code)),
    }
  },
  /** With the code that another person was sent. */
  unproven: async (world, person) => {
    const both = await openBoth(world)
    const code = await awaitCode(world, both, person)
    const stranger = await world.askFor('stranger@example.com')
    const other = stranger.code && stranger.code !== code ? stranger.code : wrong(code)
    return { take: async () => both.exchange(codeIn(await sendCode(both, other))) }
  },
}

const authorizing = ({ browser, application, exchange }: Both): Attempt => ({
  take: async () => exchange(codeIn(await browser.get(application.url()))),
})

/** Whoever is signed in needs no code for a second application. */
const bySession: Way = {
  locked: 'open amid',
  begin: async (world, person) => {
    const both = await openBoth(world)
    await signInByPage(world, both, person)
    return authorizing(both)
  },
  /** With somebody's cookie for another purpose in the place of a session's. */
  unproven: async (world, person) => {
    const both = await openBoth(world)
    await awaitCode(world, both, person)
    both.browser.cookies.set('__Host-kontora-auth', both.browser.cookies.get('__Host-kontora-sign-in') ?? '')
    return authorizing(both)
  },
}

/** It is over in a minute, and ten guesses take longer. */
const byAuthorizationCode: Way = {
  locked: 'ends',
  begin: async (world, person) => {
    const both = await openBoth(world)
    const code = codeIn(await signInByPage(world, both, person))
    return { take: () => both.exchange(code) }
  },
  /** A thief has the code and not the verifier. */
  unproven: async (world, person) => {
    const both = await openBoth(world)
    const code = codeIn(await signInByPage(world, both, person)) ?? ''
    const thief = await openBoth(world)
    return { take: () => thief.exchange(code) }
  },
}

export const pageWays: Record<string, Way> = {
  'POST /v1/sign-in/code': byPage,
  'GET /v1/authorize': bySession,
  'POST /v1/token authorization_code': byAuthorizationCode,
}
