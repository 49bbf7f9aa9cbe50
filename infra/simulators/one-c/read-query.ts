import { Refusal } from './refusal.ts'

const known = ['$filter', '$top', '$skip', '$orderby', '$select', '$format', '$inlinecount', 'allowedOnly']
const absent = ['$expand', '$skiptoken']

const decode = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw new Refusal('6', 'Неверный URL')
  }
}

/** The query as 1C reads it: percent-decoded only, so that a `+` in `$filter` is refused and elsewhere stays a plus. */
export const readQuery = (url: string): Map<string, string> => {
  const query = new Map<string, string>()
  for (const pair of new URL(url).search.slice(1).split('&').filter(Boolean)) {
    const [name = '', ...rest] = pair.split('=')
    const raw = rest.join('=')
    const option = decode(name)
    if (option === '$filter' && raw.includes('+'))
      throw new Refusal('14', 'Ошибка разбора параметра запроса $filter: недопустимый символ "+"')
    if (absent.includes(option)) throw new Refusal('0', `Возможность не поддерживается: ${option}`)
    if (option.startsWith('$') && !known.includes(option))
      throw new Refusal('14', `Ошибка разбора параметров запроса: ${option}`)
    query.set(option, decode(raw))
  }
  return query
}

export type Format = { json: boolean; metadata: boolean }

/** Atom is the default of the protocol; JSON must be asked for, by `$format` or by `Accept`. */
export const readFormat = (url: string, accept = ''): Format => {
  const asked = new URLSearchParams(new URL(url).search).get('$format') ?? accept
  return {
    json: /^json\b|application\/json/.test(asked),
    metadata: !asked.includes('odata=nometadata'),
  }
}
