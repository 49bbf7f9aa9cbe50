import type { Context } from 'hono'
import { Refusal } from './refusal.ts'

export type Form = URLSearchParams

/** Another content type is read as an empty form: then every mandatory value is missing, as with the real one. */
export const readForm = async (c: Context): Promise<Form> => {
  const isForm = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')
  return new URLSearchParams(isForm ? await c.req.text() : '')
}

export const refuseMarkup = (form: Form): void => {
  for (const [name, value] of form)
    if (/<[a-z!/]|javascript:/i.test(value)) throw new Refusal('value', `HTML в ${name}`)
}

export const optional = (form: Form, name: string, longest: number): string | null => {
  const value = form.get(name)
  if (!value) return null
  if (value.length > longest) throw new Refusal('mandatory', name)
  return value
}

export const mandatory = (form: Form, name: string, longest: number): string => {
  const value = optional(form, name, longest)
  if (value === null) throw new Refusal('mandatory', name)
  return value
}

export const amountKopecks = (form: Form, name = 'amount'): number => {
  const value = mandatory(form, name, 64)
  if (!/^\d{1,12}$/.test(value)) throw new Refusal('value', name)
  return Number(value)
}

/** Absolute with its scheme: a relative address is refused with the code of a missing one. */
export const address = (form: Form, name: string): string | null => {
  const value = optional(form, name, 512)
  if (value !== null && !(/^https?:\/\//i.test(value) && URL.canParse(value)))
    throw new Refusal('mandatory', name)
  return value
}

export const jsonObject = (form: Form, name: string): Record<string, unknown> | null => {
  const value = form.get(name)
  if (!value) return null
  try {
    const parsed: unknown = JSON.parse(value)
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed))
      return parsed as Record<string, unknown>
  } catch {}
  throw new Refusal('value', name)
}
