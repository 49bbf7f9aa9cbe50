import { app } from './app.ts'
import { issuer, type World } from './testing.node.ts'

const digest = async (text: string) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('base64url')

/** A person's browser, as far as `auth` sees it: it keeps cookies, says where it comes from, and runs no script. */
export const openBrowser = ({ resources }: Pick<World, 'resources'>, language = 'ru') => {
  const cookies = new Map<string, string>()
  const own = {
    accept: 'text/html,application/xhtml+xml',
    'accept-language': language,
    'user-agent': 'a browser',
  }

  const send = async (address: string, init: RequestInit = {}, headers: Record<string, string> = {}) => {
    const url = address.startsWith(issuer) ? address.slice(issuer.length) : address
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const all = { ...own, ...(cookie && { cookie }), ...headers }
    const answer = await app.request(url, { ...init, headers: all }, resources)
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return { status: answer.status, headers: answer.headers, text: await answer.text(), answer }
  }
  const sameOrigin = { origin: new URL(issuer).origin, 'sec-fetch-site': 'same-origin' }
  const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = sameOrigin) =>
    send(url, { method: 'POST', body: new URLSearchParams(fields) }, headers)

  /** Fills in the form of a page whose address holds `action` (of the sign-in page, if it is no path), with its hidden fields. */
  const submit = (page: { text: string }, action: string, fields: Record<string, string> = {}) => {
    const forms = page.text.matchAll(/<form method="post" action="([^"]*)"[^>]*>(.*?)<\/form>/gs)
    const [, url = '', inside = ''] =
      [...forms].find(([, target]) =>
        target?.includes(action.startsWith('/') ? action : `/v1/sign-in/${action}?`),
      ) ?? []
    if (!url) throw new Error(`No form ${action} on the page ${/<h1>(.*?)<\/h1>/.exec(page.text)?.[1]}`)
    const hidden = inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
    const kept = Object.fromEntries([...hidden].map(([, name, value]) => [name, value]))
    return post(url.replaceAll('&amp;', '&'), { ...kept, ...fields } as Record<string, string>)
  }
  return { cookies, get: send, post, submit }
}
export type Browser = ReturnType<typeof openBrowser>

/** What the script would be given on a page, and the fields that it would send. */
export const passkeyFormIn = ({ text }: { text: string }, does: 'get' | 'create' = 'get') => {
  const [form = ''] = new RegExp(`<form[^>]*data-passkey="${does}".*?</form>`, 's').exec(text) ?? []
  const plain = (html = '') => html.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
  const hidden = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
  return {
    action: plain(/action="([^"]*)"/.exec(form)?.[1]),
    options: JSON.parse(plain(/data-options="([^"]*)"/.exec(form)?.[1]) || 'null') as never,
    fields: Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value])),
  }
}

export const callback = 'https://spa.test/back'

/** An application in a browser, with nothing to prove itself by but its verifier. */
export const openApplication = async (world: Pick<World, 'form'>) => {
  const verifier = `${crypto.randomUUID()}${crypto.randomUUID()}`
  const right = {
    response_type: 'code',
    client_id: 'spa',
    redirect_uri: callback,
    state: 'state-1',
    code_challenge: await digest(verifier),
    code_challenge_method: 'S256',
  }
  return {
    verifier,
    url: (change: Record<string, string | undefined> = {}) => {
      const wanted = Object.entries({ ...right, ...change }).filter(
        (one): one is [string, string] => one[1] !== undefined,
      )
      return `/v1/authorize?${new URLSearchParams(wanted)}`
    },
    exchange: async (code: string, change: Record<string, string> = {}) => {
      const fields = {
        grant_type: 'authorization_code',
        client_id: 'spa',
        code,
        redirect_uri: callback,
        code_verifier: verifier,
      }
      const answer = await world.form('/v1/token', { ...fields, ...change }, { 'user-agent': 'a browser' })
      const body = (await answer.json()) as Record<string, string>
      return { status: answer.status, body, tokens: body as { access_token: string; refresh_token: string } }
    },
  }
}

export const answerIn = ({ headers }: { headers: Headers }) =>
  Object.fromEntries(new URL(headers.get('location') ?? '').searchParams)

/** Address, letter, code: back at the application with its answer. */
export const signInByPage = async (world: World, browser: Browser, url: string, email: string) => {
  const page = await browser.get(url)
  const before = (await world.letters()).length
  const asked = await browser.submit(page, 'address', { email })
  await world.resolve()
  const letter = (await world.letters()).slice(before).findLast((one) => one.email === email)
  const codePage = await browser.get(asked.headers.get('location') ?? '')
  const back = await browser.submit(codePage, 'code', { code: letter?.code ?? '' })
  return { page, asked, codePage, back, code: letter?.code ?? '' }
}
