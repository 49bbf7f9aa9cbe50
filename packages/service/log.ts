import { currentTrace } from './trace.ts'

/** Ids, states, numbers and fixed words only: no name, address, code, token, body or URL with a query. */
export type LogFields = Record<string, string | number | boolean | null | undefined>

export type Log = {
  info: (event: string, fields?: LogFields) => void
  warn: (event: string, fields?: LogFields, error?: unknown) => void
  error: (event: string, fields?: LogFields, error?: unknown) => void
}

const ofCode =
  /is not (a function|a constructor|an object|iterable|defined)|(of|from|to) (null|undefined)|undefined or null/

/** These messages repeat our own source; other TypeErrors repeat a header's or a URL's value. */
const namesItsBug = (error: Error): boolean =>
  (error instanceof TypeError || error instanceof ReferenceError) &&
  !('code' in error) &&
  ofCode.test(error.message)

const framesOf = ({ stack }: Error): string[] =>
  (stack ?? '')
    .split('\n')
    .filter((line) => /^\s*at /.test(line) || /@.*:\d+/.test(line))
    .slice(0, 6)

/** A message may hold a value (Postgres' do, a parser's do), so an error is told by its name, code and place. */
const describe = (error: unknown): object => {
  if (!(error instanceof Error)) return { error: typeof error }
  const { code, constraint_name, table_name, routine } = error as Error & Record<string, unknown>
  return {
    error: error.name,
    code,
    constraint: constraint_name,
    table: table_name,
    routine,
    ...(namesItsBug(error) && { message: error.message }),
    frames: framesOf(error),
  }
}

/** A name and a code, never a message: it may hold what an event, a job or a row holds. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name
}

/** One JSON object a line. `write` is the console unless a test listens. */
export const createLog = (
  service: string,
  now: () => Date,
  write: (line: string) => void = (line) => console.log(line),
): Log => {
  const put =
    (level: string) =>
    (event: string, fields: LogFields = {}, error?: unknown) =>
      write(
        JSON.stringify({
          time: now().toISOString(),
          level,
          service,
          event,
          traceId: currentTrace()?.traceId,
          ...fields,
          ...(error !== undefined && describe(error)),
        }),
      )
  return { info: put('info'), warn: put('warn'), error: put('error') }
}
