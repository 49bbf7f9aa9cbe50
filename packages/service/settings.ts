import * as v from 'valibot'
import { expectationOf } from './expectation.ts'

export type Setting<Schema extends v.GenericSchema = v.GenericSchema> = { schema: Schema; about: string }

/** `about` is the line in the README's table; a default stands in the schema (`v.optional(…, '…')`). */
export const setting = <Schema extends v.GenericSchema>(schema: Schema, about: string): Setting<Schema> => ({
  schema,
  about,
})

export type SettingsTable = Record<string, Setting>
export type SettingsOf<Table extends SettingsTable> = {
  [Name in keyof Table]: v.InferOutput<Table[Name]['schema']>
}

/** All faults in one message, names and expectations only: a wrong DATABASE_URL would print its password. */
export class SettingsError extends Error {
  constructor(faults: string[]) {
    super(`Settings are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.name = 'SettingsError'
  }
}

const expectation = (issue: v.BaseIssue<unknown>): string =>
  issue.received === 'undefined' ? 'is required' : `should be ${expectationOf(issue)}`

/** An empty text is an absent one, as in compose files. */
export const readSettings = <Table extends SettingsTable>(table: Table, env: unknown): SettingsOf<Table> => {
  const values = env as Record<string, string | undefined>
  const faults: string[] = []
  const entries = Object.entries(table).map(([name, { schema }]) => {
    const result = v.safeParse(schema, values[name] === '' ? undefined : values[name])
    if (!result.success) faults.push(`${name} ${expectation(result.issues[0])}`)
    return [name, result.output]
  })
  if (faults.length > 0) throw new SettingsError(faults)
  return Object.fromEntries(entries) as SettingsOf<Table>
}

/** A whole number written as text, within bounds. */
export const NumberSetting = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,12}$/, `a whole number from ${least} to ${most}`),
    v.transform(Number),
    v.minValue(least),
    v.maxValue(most),
  )

/** Rows of the README's table: name, what it is for, its default or "required". */
export const settingsRows = (table: SettingsTable): { name: string; about: string; default: string }[] =>
  Object.entries(table).map(([name, { schema, about }]) => {
    const wanted = v.safeParse(schema, undefined)
    const fallback = 'default' in schema ? schema.default : undefined
    return { name, about, default: wanted.success ? String(fallback ?? 'none') : 'required' }
  })
