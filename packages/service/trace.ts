import { AsyncLocalStorage } from 'node:async_hooks'

/** W3C Trace Context: `traceId` 32 hex digits, `spanId` 16. */
export type Trace = { traceId: string; spanId: string }

const storage = new AsyncLocalStorage<Trace>()

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Every request has one, so it is made of a table. */
export const newTrace = (random: (length: number) => Uint8Array): Trace => {
  let hex = ''
  for (const byte of random(24)) hex += digits[byte]
  return { traceId: hex.slice(0, 32), spanId: hex.slice(32) }
}

export const currentTrace = (): Trace | undefined => storage.getStore()

/** Everything that `work` awaits belongs to this trace. */
export const withTrace = <Result>(trace: Trace, work: () => Result): Result => storage.run(trace, work)

/** The header's text (version 00, sampled), for a row or an HTTP call; null outside any trace. */
export const traceparent = (): string | null => {
  const trace = currentTrace()
  return trace ? `00-${trace.traceId}-${trace.spanId}-01` : null
}

const shape = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/

export const parseTraceparent = (text: string | null | undefined): Trace | undefined => {
  const [, traceId, spanId] = shape.exec(text ?? '') ?? []
  return traceId && spanId ? { traceId, spanId } : undefined
}
