import type { Fault } from './fault.ts'

export const tooMany: Fault = {
  perMille: 20,
  meet: async () => ({ status: 429, text: 'Too Many Requests' }),
}

export const brokenBeforeActing: Fault = {
  perMille: 15,
  meet: async () => ({ status: 500, text: '{"errorCode":"0"}' }),
}

export const brokenAfterActing: Fault = {
  perMille: 20,
  meet: async (act) => {
    await act()
    return { status: 500, text: '' }
  },
}

/** The bank's own "system error", which says nothing of the order. */
export const systemError: Fault = {
  perMille: 10,
  operations: /^(register|registerPreAuth)\.do$/,
  meet: async () => ({ status: 200, text: '{"errorCode":"7","errorMessage":"Системная ошибка"}' }),
}
