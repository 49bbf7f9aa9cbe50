import type { Context } from 'hono'
import type { Env, Simulator } from '../frame/simulator.ts'
import type { Bank } from './order.ts'

export const tokenPath = '/passport/oauth2/token'

/** Who may call: a token of ours that is not over, and the client's name as the bank wants it. */
export type Caller = { refuse: (c: Context<Env>) => Response | undefined }
type Client = { clientId: string; clientSecret: string }

const ibmName = (clientId: string): string => clientId.toLowerCase().replace('@ext.vtb.ru', '')

export const addTokens = ({ app, store }: Simulator, bank: Bank, client: Client): Caller => {
  store.run('create table if not exists tokens (token text primary key, until integer not null)')
  const isKnown = (token: string): boolean =>
    store.query('select 1 from tokens where token = ? and until > ?').get(token, bank.now()) !== null

  app.post(tokenPath, async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const basic = readBasic(c.req.header('authorization'))
    const { tokenAuth, tokenSeconds } = bank.settings()
    const inForm = { clientId: form.get('client_id'), clientSecret: form.get('client_secret') }
    const shown = tokenAuth === 'basic' ? basic : tokenAuth === 'form' ? inForm : (basic ?? inForm)
    const isRight =
      form.get('grant_type') === 'client_credentials' &&
      shown?.clientId === client.clientId &&
      shown.clientSecret === client.clientSecret
    c.set('journal', { given: isRight })
    if (!isRight) return c.json({ error: 'invalid_client' }, 401)
    const token = bank.newId().replaceAll('-', '')
    store
      .query('insert into tokens (token, until) values (?, ?)')
      .run(token, bank.now() + tokenSeconds * 1000)
    return c.json({ access_token: token, token_type: 'Bearer', expires_in: tokenSeconds })
  })
  /** All that were given are good no longer: the next call is answered 401. */
  app.delete('/_sim/tokens', (c) => {
    store.run('delete from tokens')
    return c.body(null, 204)
  })

  return {
    refuse: (c) => {
      const token = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1]
      if (!token || !isKnown(token)) return c.json({ error: 'invalid_token' }, 401)
      if (c.req.header('x-ibm-client-id') !== ibmName(client.clientId))
        return c.json({ error: 'X-IBM-Client-Id' }, 403)
      const { merchant } = bank.settings()
      if (merchant !== null && c.req.header('merchant-authorization') !== merchant)
        return c.json({ error: 'Merchant-Authorization' }, 403)
      return undefined
    },
  }
}

const readBasic = (header: string | undefined) => {
  const encoded = /^Basic (\S+)$/.exec(header ?? '')?.[1]
  if (!encoded) return undefined
  const [clientId = '', clientSecret = ''] = atob(encoded).split(':').map(decodeURIComponent)
  return { clientId, clientSecret }
}
