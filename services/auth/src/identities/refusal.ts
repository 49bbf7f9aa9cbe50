import { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'
import { type Provider, tryAgain } from './provider.ts'
import { ProviderFault } from './provider-fault.ts'

/** What the person is told of a provider's fault; the log alone hears the reason. */
export const refusal =
  ({ log }: Pick<Resources, 'log'>, provider: Provider) =>
  (error: unknown): never => {
    if (!(error instanceof ProviderFault)) throw error
    log.warn('provider-failed', { provider: provider.name, reason: error.message }, error)
    if (error.code !== 'unreachable') throw tryAgain(provider)
    throw new Problem('unavailable', `${provider.label.en} cannot be reached; try again`, {
      retryAfterSeconds: 5,
    })
  }
