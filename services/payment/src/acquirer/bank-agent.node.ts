import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { rootCertificates } from 'node:tls'
import { SettingsError } from '@kontora/service'
import type { OpenAgent } from './bank-agent.ts'

const connectMs = 5000
const mostBytes = 4 * 1024 * 1024

/**
 * The agent of Bun and Deno. The bank's own authorities stand beside the usual ones, never in their place, and for its
 * calls alone, never for the process; what shows no certificate of either is not called.
 */
export const openBankAgent: OpenAgent = ({ ca }) => {
  const authorities = ca === undefined ? undefined : [...rootCertificates, ...certificatesOf(ca)]
  return (url, init) => (url.startsWith('https:') ? ask(url, init ?? {}, authorities) : fetch(url, init))
}

const certificatesOf = (value: string): string[] => {
  try {
    const text = value.includes('-----BEGIN') ? value : readFileSync(value, { encoding: 'utf8' })
    const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    for (const one of found) new X509Certificate(one)
    if (found.length > 0) return found
  } catch {}
  throw new SettingsError(['VTB_CA should be certificates (PEM) or the path of such a file'])
}

/** No redirect is followed, each call has a connection of its own, and one that does not come about in 5 s is given up. */
const ask = (url: string, init: RequestInit, ca: string[] | undefined): Promise<Response> =>
  new Promise((resolve, reject) => {
    const text = typeof init.body === 'string' ? init.body : ''
    const headers = {
      ...(init.headers as Record<string, string>),
      ...(text && { 'content-length': String(Buffer.byteLength(text)) }),
    }
    const options = { method: init.method ?? 'GET', headers, agent: false as const, ...(ca && { ca }) }
    const asked = request(url, { ...options, minVersion: 'TLSv1.2' }, (answer) => {
      clearTimeout(connecting)
      readAnswer(answer).then(resolve, reject)
    })
    const stop = () => {
      asked.destroy()
      reject(new Error('no answer in time'))
    }
    const connecting = setTimeout(stop, connectMs)
    asked.once('socket', (socket) => socket.once('secureConnect', () => clearTimeout(connecting)))
    if (init.signal?.aborted) return stop()
    init.signal?.addEventListener('abort', stop, { once: true })
    asked.on('error', (error) => {
      clearTimeout(connecting)
      reject(error)
    })
    asked.end(text)
  })

const readAnswer = async (answer: IncomingMessage): Promise<Response> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) {
      answer.destroy()
      throw new Error('a longer answer than any right one')
    }
    chunks.push(chunk)
  }
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  )
  const status = answer.statusCode ?? 502
  const isEmpty = status === 204 || status === 304
  return new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers })
}
