/** How Сбер ID is called: who we are there and whom we believe. PEM, or the path of a file. */
export type SberTls = {
  certificate: string | undefined
  key: string | undefined
  passphrase: string | undefined
  ca: string | undefined
  ipv4: boolean
  /** In production nothing is asked without a certificate. */
  isDemanded: boolean
}

/** `ask` is absent where the runtime can show no certificate. */
export type SberAgent = { ask: typeof fetch | undefined; certificateEndsAt?: () => Date }
export type OpenSberAgent = (tls: SberTls) => SberAgent

/** A worker's `fetch` takes no certificate: the platform shows it, for a binding of its own (`mtls_certificates`). */
export const agentOfBinding =
  (env: unknown): OpenSberAgent =>
  ({ isDemanded }) => {
    const { SBER_ID_FETCHER } = env as { SBER_ID_FETCHER?: { fetch: typeof fetch } }
    if (SBER_ID_FETCHER) return { ask: ((...call) => SBER_ID_FETCHER.fetch(...call)) as typeof fetch }
    return { ask: isDemanded ? undefined : fetch }
  }
