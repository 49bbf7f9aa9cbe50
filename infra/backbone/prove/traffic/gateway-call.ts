import type { GatewayProcess } from '../../stand/gateways.ts'

export type Answered = { status: number; body: unknown }

/** One call, never repeated: what came of it, or undefined when no answer came. */
export const callGateway = async (
  { url }: Pick<GatewayProcess, 'url'>,
  authorization: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answered | undefined> => {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization, ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(40_000),
    })
    return { status: response.status, body: await response.json() }
  } catch {
    return undefined
  }
}
