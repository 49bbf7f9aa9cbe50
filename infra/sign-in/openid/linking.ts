import { comeBack, cookieOf, goThrough, logIn } from './browser.ts'
import type { ProviderName, Stand } from './stand.ts'

type Answer = Record<string, string>

const ask = async (stand: Stand, method: string, path: string, token: string): Promise<Response> => {
  await stand.world.testAccess.beat()
  return stand.ask(path, { method, headers: { authorization: `Bearer ${token}` } })
}

const linkByCode = async (stand: Stand, name: ProviderName, confirm: Answer, email: string) => {
  const { linkId, linkSecret } = confirm
  // Nobody waits here for the cool-down.
  await stand.world.sql`delete from flows`
  const flow = await stand.world.askFor(email)
  const answer = await stand.world.post(`/v1/openid/${name}/link`, { linkId, linkSecret, ...flow })
  return { status: answer.status, body: (await answer.json()) as Answer }
}

const linkSignedIn = async (stand: Stand, name: ProviderName, token: string): Promise<Response> => {
  const begun = await ask(stand, 'POST', `/v1/identities/${name}`, token)
  const { search } = await goThrough(begun.headers.get('location') ?? '', stand.callbackOf(name))
  return comeBack(stand, name, search, { cookie: cookieOf(begun) })
}

const providersOf = async (stand: Stand, token: string): Promise<string> => {
  const answer = await ask(stand, 'GET', '/v1/identities', token)
  const { items } = (await answer.json()) as { items: { provider: string }[] }
  return items.map(({ provider }) => provider).join(' ')
}

/** Anna at both providers, from a stranger to one who was unlinked and is linked again. Answers what was not as it should be. */
export const faultsOfLinking = async (stand: Stand): Promise<string[]> => {
  const faults: string[] = []
  const must = (isSo: boolean, what: string) => {
    if (!isSo) faults.push(what)
  }
  const email = 'anna@example.com'
  const { userId } = stand.world.invite(email)
  const signedIn = await stand.world.signInAs(email)

  for (const name of ['company', 'partner'] as const)
    must((await logIn(stand, name)).state === 'confirm-address', `${name}: its e-mail joins nobody`)
  const old = await stand.world.askFor(email)
  const first = await logIn(stand, 'company')
  const { linkId, linkSecret } = first
  const early = await stand.world.post('/v1/openid/company/link', { linkId, linkSecret, ...old })
  must(early.status === 401, 'a code of before links nobody')
  const elsewhere = await linkByCode(stand, 'partner', first, email)
  must(elsewhere.status === 401, "one provider's link is nothing at the other")
  const linked = await linkByCode(stand, 'company', await logIn(stand, 'company'), email)
  must(linked.status === 200 && linked.body.userId === userId, 'a fresh code links')
  must((await logIn(stand, 'company')).userId === userId, 'who is linked signs in')
  must((await logIn(stand, 'partner')).state === 'confirm-address', 'the same number elsewhere is a stranger')

  const joined = await linkSignedIn(stand, 'partner', signedIn.accessToken)
  must(joined.status === 200, 'who has signed in links the other')
  must((await providersOf(stand, signedIn.accessToken)) === 'company partner', 'both are listed')
  const session = await logIn(stand, 'partner')
  must(session.userId === userId, 'the other signs in too')
  const gone = await ask(stand, 'DELETE', '/v1/identities/partner', signedIn.accessToken)
  must(gone.status === 204, 'it is unlinked')
  must((await logIn(stand, 'partner')).state === 'confirm-address', 'what is unlinked signs nobody in')
  const revoked = await stand.world.events('auth.session-revoked')
  must(
    revoked.some(({ sessionId }) => sessionId === session.sessionId),
    'the session that it opened ends with it',
  )
  await linkSignedIn(stand, 'partner', signedIn.accessToken)
  must((await logIn(stand, 'partner')).userId === userId, 'it is linked again')
  return faults
}
