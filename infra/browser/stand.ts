import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { administrator } from '../stack/first-administrator.ts'
import { freeBlock } from '../stack/story/free-block.ts'
import { runStack } from '../stack/story/own-stack.ts'
import { issueInvoice } from '../stack/story/payments.ts'
import { lettersTo, type Person, signIn } from '../stack/story/people.ts'
import { eventually, openWorld, type World } from '../stack/story/world.ts'
import { findChromium } from './find-chromium.ts'

export type Language = 'ru' | 'en'
type Wish = { language?: Language; scripts?: boolean; width?: number; telephone?: boolean }

/** Someone's own browser; `faults` are what its console complained of. */
export type Visit = { page: Page; context: BrowserContext; faults: string[]; close: () => Promise<void> }

const locales = { ru: 'ru-RU', en: 'en-GB' }

const openVisit = async (
  browser: Browser,
  { language = 'ru', scripts = true, width = 1100, telephone = false }: Wish,
): Promise<Visit> => {
  const context = await browser.newContext({
    locale: locales[language],
    javaScriptEnabled: scripts,
    viewport: { width: telephone ? 390 : width, height: 800 },
    ...{ hasTouch: telephone, isMobile: telephone },
  })
  const page = await context.newPage()
  const faults: string[] = []
  // A refusal has a status of its own, and Chromium tells each one.
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource'))
      faults.push(line.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  return { page, context, faults, close: () => context.close() }
}

/** The code in a letter that was not there before. */
const awaitCode = (world: World, email: string, before: Set<string> = new Set()): Promise<string> =>
  eventually(world, 'the letter with the code', async () => {
    const fresh = (await lettersTo(world, email)).filter(({ id }) => !before.has(id))
    return fresh.map(({ text }) => /\b\d{6}\b/.exec(text)?.[0]).find(Boolean)
  })

let count = 0
const newEmail = (): string => `browser-${++count}-${Date.now().toString(36)}@example.org`

/** The whole system as `bun start` runs it, and a Chromium before it. */
export const openStand = async () => {
  const executablePath = findChromium()
  const stack = await runStack(await freeBlock())
  const world = await openWorld({ place: stack.place, repeatForMs: 0 })
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
  const browser = await chromium.launch({ executablePath, args })
  let admin: Person | undefined
  const signedInAdministrator = async (): Promise<Person> => {
    admin ??= await signIn(world, administrator)
    return admin
  }

  return {
    ...{ world, url: stack.place.url, newEmail },
    visit: (wish: Wish = {}) => openVisit(browser, wish),
    codeTo: (email: string) => awaitCode(world, email),
    nextCodeTo: async (email: string) => {
      const before = new Set((await lettersTo(world, email)).map(({ id }) => id))
      return () => awaitCode(world, email, before)
    },
    /** Somebody at Сбер ID of whom nobody here has heard. */
    sberPerson: async () => {
      const id = `visitor-${++count}`
      await world.post(world.at('sber-id', '/_sim/people'), {
        body: { id, sub: `sub-${id}`, given_name: id },
      })
      return id
    },
    administrator: signedInAdministrator,
    /** Somebody who has an invoice to pay. */
    payer: async (): Promise<Person> => {
      const person = await signIn(world, newEmail())
      await issueInvoice(world, await signedInAdministrator(), person, 1_234_550)
      return person
    },
    /** Somebody who knows the API. */
    member: () => signIn(world, newEmail()),
    breakSber: () =>
      world.post(world.at('sber-id', '/_sim/faults'), {
        body: { faults: [{ operation: 'POST /ru/prod/tokens/v2/oidc', kind: 'error', times: 1 }] },
      }),
    stop: async () => {
      await browser.close()
      await stack.stop()
    },
  }
}
export type Stand = Awaited<ReturnType<typeof openStand>>
