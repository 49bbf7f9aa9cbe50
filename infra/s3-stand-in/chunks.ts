import { createHash } from 'node:crypto'
import { Refusal } from './refusal.ts'
import { hmac, type Signed, sameSignature, sha256Hex } from './signature.ts'

const leastChunk = 8192
const nothing = sha256Hex('')

/** Takes the `aws-chunked` framing off a body; what follows the last chunk lands in `trailers`. */
export async function* unframe(
  source: AsyncIterable<Uint8Array>,
  signed: Signed,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  const input = openInput(source)
  const chain = signed.payload.startsWith('STREAMING-AWS4-HMAC-SHA256') ? openChain(signed) : undefined
  let previous = leastChunk
  for (;;) {
    const { size, signature } = readChunkHead(await input.line())
    if (size > 0 && previous < leastChunk)
      throw new Refusal(
        'InvalidChunkSizeError',
        'Only the last chunk is allowed to have a size less than 8192 bytes',
      )
    const hash = chain && createHash('sha256')
    for (let left = size; left > 0; ) {
      const bytes = await input.some(left)
      left -= bytes.length
      hash?.update(bytes)
      yield bytes
    }
    if (hash) chain.check('AWS4-HMAC-SHA256-PAYLOAD', [nothing, hash.digest('hex')], signature)
    if (size === 0) break
    if ((await input.line()) !== '') throw new Refusal('IncompleteBody')
    previous = size
  }
  for (let line = await input.line(); line !== ''; line = await input.line()) {
    const [name = '', value = ''] = line.split(/:(.*)/s)
    trailers.set(name.trim().toLowerCase(), value.trim())
  }
  if (chain && signed.payload.endsWith('-TRAILER')) checkTrailers(chain, trailers)
}

type Chain = { check: (kind: string, hashes: string[], signature: string | undefined) => void }

const openChain = ({ key, time, scope, signature }: Signed): Chain => {
  let previous = signature
  return {
    check: (kind, hashes, claimed = '') => {
      const expected = hmac(key, [kind, time, scope, previous, ...hashes].join('\n')).toString('hex')
      if (!sameSignature(expected, claimed)) throw new Refusal('SignatureDoesNotMatch')
      previous = expected
    },
  }
}

const checkTrailers = (chain: Chain, trailers: Map<string, string>): void => {
  const signature = trailers.get('x-amz-trailer-signature')
  trailers.delete('x-amz-trailer-signature')
  const lines = [...trailers].map(([name, value]) => `${name}:${value}\n`).join('')
  chain.check('AWS4-HMAC-SHA256-TRAILER', [sha256Hex(lines)], signature)
}

const readChunkHead = (line: string): { size: number; signature: string | undefined } => {
  const [, size, signature] = /^([0-9a-f]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line) ?? []
  if (size === undefined) throw new Refusal('InvalidRequest', 'The chunk framing is malformed')
  return { size: Number.parseInt(size, 16), signature }
}

const openInput = (source: AsyncIterable<Uint8Array>) => {
  const iterator = source[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const more = async (): Promise<void> => {
    const { done, value } = await iterator.next()
    if (done) throw new Refusal('IncompleteBody')
    rest =
      rest.length > 0
        ? Buffer.concat([rest, value])
        : Buffer.from(value.buffer, value.byteOffset, value.length)
  }
  return {
    line: async (): Promise<string> => {
      for (;;) {
        const end = rest.indexOf('\r\n')
        if (end > leastChunk || (end < 0 && rest.length > leastChunk))
          throw new Refusal('MalformedTrailerError')
        if (end >= 0) {
          const line = rest.toString('latin1', 0, end)
          rest = rest.subarray(end + 2)
          return line
        }
        await more()
      }
    },
    some: async (most: number): Promise<Uint8Array> => {
      while (rest.length === 0) await more()
      const bytes = rest.subarray(0, most)
      rest = rest.subarray(bytes.length)
      return bytes
    },
  }
}
