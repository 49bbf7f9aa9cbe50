/** The numbers of the vendor's list of errors; -1 is what the code of the configuration itself raises. */
const statuses = {
  '-1': 500,
  '0': 501,
  '1': 400,
  '2': 400,
  '3': 400,
  '4': 400,
  '6': 400,
  '7': 400,
  '8': 404,
  '9': 404,
  '10': 400,
  '11': 404,
  '13': 400,
  '14': 400,
  // The vendor names no status for "already exists", only "4xx".
  '15': 400,
  '19': 405,
  '21': 400,
} as const
type Code = keyof typeof statuses

export class Refusal extends Error {
  readonly status: number
  readonly code: Code
  constructor(code: Code, message: string) {
    super(message)
    this.code = code
    this.status = statuses[code]
  }
}

const headers = (type: string) => ({ 'content-type': `${type};charset=utf-8` })

/** A caller that did not ask for JSON gets the XML form, as all else here. */
export const refusalAnswer = ({ status, code, message }: Refusal, json: boolean): Response => {
  if (json)
    return new Response(
      JSON.stringify({ 'odata.error': { code, message: { lang: 'ru', value: message } } }),
      { status, headers: headers('application/json') },
    )
  const escaped = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return new Response(
    `<?xml version="1.0" encoding="UTF-8"?>
<m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><m:code>${code}</m:code><m:message>${escaped}</m:message></m:error>`,
    { status, headers: headers('application/xml') },
  )
}
