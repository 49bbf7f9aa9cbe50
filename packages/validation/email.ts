import * as v from 'valibot'

const local = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const domain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

const punycoded = (name: string): string =>
  /^[^\s/?#@:%\\[\]]+$/.test(name) && URL.canParse(`http://${name}`) ? new URL(`http://${name}`).hostname : ''

/** One rule for all services: the domain punycoded, both parts in lower case, no provider's tricks with dots or `+`. */
const canonical = (text: string): string => {
  const at = text.lastIndexOf('@')
  return at < 1 ? '' : `${text.slice(0, at).toLowerCase()}@${punycoded(text.slice(at + 1))}`
}

const isAddress = (text: string): boolean => {
  const at = text.lastIndexOf('@')
  return text.length <= 254 && at <= 64 && local.test(text.slice(0, at)) && domain.test(text.slice(at + 1))
}

/** A bare addr-spec (RFC 5321 dot-string, no quoted local part), in its canonical form. */
export const Email = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(254),
  v.transform(canonical),
  v.string(),
  v.check(isAddress, 'an e-mail address'),
)
