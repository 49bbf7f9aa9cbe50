import type { Fault } from './fault.ts'

export const garbageAfterActing: Fault = {
  perMille: 15,
  meet: async (act) => {
    await act()
    return { status: 200, text: '<html><body>Технические работы</body></html>' }
  },
}

/** Cut off in the middle. */
export const halfAnAnswer: Fault = {
  perMille: 10,
  meet: async (act) => {
    const answer = await act()
    return answer && { ...answer, text: answer.text.slice(0, answer.text.length / 2) }
  },
}

/** JSON, and nothing in it. */
export const emptyAnswer: Fault = {
  perMille: 5,
  operations: /^(register|registerPreAuth|refund|deposit|reverse)\.do$/,
  meet: async (act) => {
    await act()
    return { status: 200, text: 'null' }
  },
}
