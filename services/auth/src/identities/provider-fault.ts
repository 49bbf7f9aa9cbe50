/**
 * `unreachable`: try again later. `refused`: the provider did not accept the code. `untrusted`: an answer that proves nothing.
 * The reason is a fixed text of ours and holds nothing of the answer.
 */
export class ProviderFault extends Error {
  readonly code: 'unreachable' | 'refused' | 'untrusted'

  constructor(code: 'unreachable' | 'refused' | 'untrusted', reason: string) {
    super(reason)
    this.name = 'ProviderFault'
    this.code = code
  }
}
