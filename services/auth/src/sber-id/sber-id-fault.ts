/**
 * `unreachable`: try again later. `refused`: Сбер ID did not accept the code. `untrusted`: an answer that proves nothing.
 * The reason is a fixed text of ours and holds nothing of the answer.
 */
export class SberIdFault extends Error {
  readonly code: 'unreachable' | 'refused' | 'untrusted'

  constructor(code: 'unreachable' | 'refused' | 'untrusted', reason: string) {
    super(`Сбер ID: ${reason}`)
    this.name = 'SberIdFault'
    this.code = code
  }
}
