import { join } from 'node:path'
import { findPython } from './python-client.ts'

type Bytes = string | Uint8Array | null
export type OutsideMessage = {
  topic: string
  key?: Bytes
  value: Bytes
  headers?: [name: string, value: Bytes][]
  /** Without one, that of the key as Java chooses it; without a key any. */
  partition?: number
  timestamp?: number
}
export type OutsidePlace = { partition: number; offset: number }
export type OutsideRead = OutsidePlace & {
  timestamp: number
  key: string | null
  value: string | null
  headers: [name: string, value: string | null][]
}

export type ProduceOptions = {
  compression?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  /** All of them in one transaction, which ends so. */
  transaction?: 'commit' | 'abort'
}

export type OutsideClient = {
  produce: (messages: OutsideMessage[], options?: ProduceOptions) => Promise<OutsidePlace[]>
  /** All that a topic holds, by partition and offset; bytes are read as UTF-8. */
  read: (topic: string) => Promise<OutsideRead[]>
}

/** A client of Kafka that is not ours and not JavaScript's: librdkafka. `config` is its own: TLS, signing in. */
export const outsideClient = (brokers: string, config: Record<string, string> = {}): OutsideClient => ({
  produce: (messages, { compression = 'none', transaction } = {}) =>
    order({
      do: 'produce',
      brokers,
      transaction,
      config: { ...config, 'compression.type': compression },
      messages: messages.map(({ key = null, value, headers = [], ...rest }) => ({
        ...rest,
        key: encode(key),
        value: encode(value),
        headers: headers.map(([name, content]) => [name, encode(content)]),
      })),
    }) as Promise<OutsidePlace[]>,
  read: async (topic) => {
    const messages = (await order({ do: 'read', brokers, config, topic })) as OutsideRead[]
    return messages.map(({ key, value, headers, ...rest }) => ({
      ...rest,
      key: decode(key),
      value: decode(value),
      headers: headers.map(([name, content]) => [name, decode(content)]),
    }))
  },
})

const encode = (bytes: Bytes): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('base64')

const decode = (text: string | null): string | null =>
  text === null ? null : Buffer.from(text, 'base64').toString()

const order = async (what: object): Promise<unknown> => {
  const child = Bun.spawn([await findPython(), join(import.meta.dir, 'outside_client.py')], {
    cwd: '/',
    stdin: new Blob([JSON.stringify(what)]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0)
    throw new Error(`The outside client failed.\n${error.trim().split('\n').slice(-6).join('\n')}`)
  return JSON.parse(out)
}
