import { refreshOpenids } from '../../../services/auth/src/openid/refresh-openids.ts'
import { freePort } from '../../testing/index.ts'
import { authSettings, runAuth } from '../auth-process.ts'
import { logIn, start } from './browser.ts'
import { clientSecret, type Stand } from './stand.ts'

/** `auth` as a process that was set up with a provider of which nobody has heard yet. */
const startsWithout = async ({ world: { url } }: Stand, issuer: string, then: () => Promise<void>) => {
  const others = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => Response.json([]) })
  const label = { ru: 'Вход', en: 'Sign-in' }
  const provider = { name: 'company', label, issuer, clientId: 'kontora:1', clientSecret }
  const OPENID_PROVIDERS = JSON.stringify([provider])
  const settings = { ...authSettings(url, others.url.origin), OPENID_PROVIDERS }
  const auth = await runAuth(settings, await freePort())
  const statusOf = async () =>
    (await fetch(`${auth.url}/v1/openid/company/start`, { redirect: 'manual' })).status
  try {
    const before = await statusOf()
    await then()
    return [before, await statusOf()]
  } finally {
    await auth.stop()
    await others.stop(true)
  }
}

/** Answers what was not as it should be. */
export const faultsOfOutages = async (stand: Stand): Promise<string[]> => {
  const { world, providers, ask } = stand
  const { company } = providers
  const faults: string[] = []
  const must = (isSo: boolean, what: string) => {
    if (!isSo) faults.push(what)
  }
  const signsIn = async () => 'accessToken' in (await logIn(stand, 'company'))

  company.behave({ instead: { at: '/.well-known/openid-configuration', status: 503 } })
  await refreshOpenids(world.resources)
  must(await signsIn(), 'without its metadata, what it said last is good')
  company.behave({ instead: { at: '/jwks', body: '{"keys":[]}' } })
  await refreshOpenids(world.resources)
  company.behave({})
  must(await signsIn(), 'without any key, those that it showed last are good')

  const before = company.asked.length
  for (let i = 0; i < 3; i++) must(await signsIn(), 'it signs in')
  const asked = company.asked
    .slice(before)
    .filter((call) => call.includes('well-known') || call.includes('jwks'))
  must(asked.length === 0, 'a sign-in asks for no metadata that is known')
  await company.rotate()
  must(await signsIn(), 'a key that was changed is asked for by the first token of it')

  await company.goDown()
  await refreshOpenids(world.resources)
  must((await start(stand, 'company')).url !== '', 'the browser is sent there still')
  await world.sql`delete from openid_metadata`
  const refused = await ask('/v1/openid/company/start', { headers: { accept: 'text/html' } })
  must(refused.status === 503, 'never heard of and down: later')
  must((await refused.text()).includes('сейчас не отвечает'), 'and a page says so')
  const statuses = await startsWithout(stand, company.issuer, company.comeBack)
  must(
    statuses.join() === '503,303',
    `it starts while the provider is down, and finds it later (${statuses})`,
  )
  must(await signsIn(), 'it is back')
  must((await ask('/v1/openid/strange/start')).status === 404, 'who is not configured is not there')

  company.behave({
    instead: { at: '/.well-known/openid-configuration', body: JSON.stringify(await impostor(stand)) },
  })
  await world.sql`delete from openid_metadata`
  must(
    (await ask('/v1/openid/company/start')).status === 401,
    "metadata of another issuer are not the company's",
  )
  company.behave({})
  return faults
}

const impostor = async ({ providers: { partner } }: Stand): Promise<object> =>
  (await (await fetch(`${partner.issuer}/.well-known/openid-configuration`)).json()) as object
