import { BankFault } from './bank-fault.ts'
import type { Send } from './guarded-calls.ts'

/** `ca`: authorities that are believed besides the usual ones, at this bank alone. PEM, or the path of a file. */
export type OpenAgent = (options: { ca: string | undefined }) => Send

const refuse: Send = () => {
  throw new BankFault('not-sent', 'no-agent')
}

/** A worker's `fetch` takes no authority: the platform knows it, for a binding of its own; without one nothing is called. */
export const agentOfBinding =
  (env: unknown): OpenAgent =>
  ({ ca }) => {
    const { VTB_FETCHER } = env as { VTB_FETCHER?: { fetch: typeof fetch } }
    if (VTB_FETCHER) return (url, init) => VTB_FETCHER.fetch(url, init)
    return ca === undefined ? fetch : refuse
  }
