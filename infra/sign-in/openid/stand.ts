import { readSettings } from '@kontora/service'
import { exportJWK, generateKeyPair } from 'jose'
import { app } from '../../../services/auth/src/app.ts'
import { createOpenid } from '../../../services/auth/src/openid/client.ts'
import { openidSettings, openidTable } from '../../../services/auth/src/openid/settings.ts'
import { openWorld } from '../../../services/auth/src/testing.node.ts'
import { type RunningProvider, startProvider } from './provider.ts'

export type ProviderName = 'company' | 'partner'

const label = {
  company: { ru: 'Ромашка ID', en: 'Daisy ID' },
  partner: { ru: 'Лютик ID', en: 'Buttercup ID' },
}
export const labelOf = (name: ProviderName): { ru: string; en: string } => label[name]
export const clientSecret = 'what-only-the-company-and-we-know: a%b+c'

/** `auth` with two providers by its setting: one takes our secret, the other our key. */
export const openStand = async () => {
  const world = await openWorld()
  const { resources } = world
  const callbackOf = (name: ProviderName) => `${resources.issuer}/v1/openid/${name}/callback`
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const named = { alg: 'EdDSA', kid: 'ours-1' }
  const providers: Record<ProviderName, RunningProvider> = {
    company: await startProvider('company', {
      client_id: 'kontora:1',
      client_secret: clientSecret,
      redirect_uris: [callbackOf('company')],
    }),
    partner: await startProvider('partner', {
      client_id: 'kontora',
      redirect_uris: [callbackOf('partner')],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'EdDSA',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), ...named }] as never },
    }),
  }
  const configured = [
    {
      name: 'company',
      label: label.company,
      issuer: providers.company.issuer,
      clientId: 'kontora:1',
      clientSecret,
    },
    {
      ...{ name: 'partner', label: label.partner, issuer: providers.partner.issuer, clientId: 'kontora' },
      clientKey: { ...(await exportJWK(privateKey)), ...named },
      scopes: ['openid', 'email'],
    },
  ]
  const read = readSettings(openidTable, { OPENID_PROVIDERS: JSON.stringify(configured) })
  const places = { AUTH_ISSUER: resources.issuer, ENVIRONMENT: 'local' as const }
  resources.openids = openidSettings({ ...read, ...places }).map((one) =>
    createOpenid(one, { ...resources, ask: fetch }),
  )

  /** The provider's clock is the machine's. */
  const beOnTime = () => world.pass(Date.now() - resources.now().getTime())
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => {
    beOnTime()
    return Promise.resolve(app.request(path, init, resources))
  }
  const close = async () => {
    await Promise.all(Object.values(providers).map(({ stop }) => stop()))
    await world.close()
  }
  const secrets = () => Object.values(providers).flatMap(({ given }) => [...given])
  beOnTime()
  return { world, providers, callbackOf, ask, secrets, close }
}
export type Stand = Awaited<ReturnType<typeof openStand>>
