import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { SettingsError } from '@kontora/service'
import { mostBytes } from '../identities/ask-shortly.ts'
import { ProviderFault } from '../identities/provider-fault.ts'
import type { SberAgent, SberTls } from './agent.ts'

type Shown = { cert: string; key: string; passphrase?: string; ca?: string }

/** The agent of Bun and Deno: our certificate and Сбер's own authority are for these calls alone, never for the process. */
export const openMutualTls = (tls: SberTls): SberAgent => {
  if (tls.certificate === undefined) {
    if (tls.isDemanded) throw new SettingsError(['SBER_ID_CERTIFICATE is required in production'])
    return { ask: fetch }
  }
  refuseBroken(tls)
  const family = tls.ipv4 ? { family: 4 } : {}
  return {
    ask: ((url: string, init: RequestInit) => ask(url, init, { ...read(tls), ...family })) as typeof fetch,
    certificateEndsAt: () => new Date(new X509Certificate(read(tls).cert).validTo),
  }
}

/** Files are read at each call, so that a renewed certificate needs no restart. */
const read = ({ certificate = '', key = '', passphrase, ca }: SberTls): Shown => ({
  cert: textOf(certificate),
  key: textOf(key),
  ...(passphrase !== undefined && { passphrase }),
  ...(ca !== undefined && { ca: textOf(ca) }),
})

const textOf = (value: string): string =>
  value.includes('-----BEGIN') ? value : readFileSync(value, { encoding: 'utf8' })

const refuseBroken = (tls: SberTls): void => {
  const faults: string[] = []
  const attempt = <T>(name: string, work: () => T): T | undefined => {
    try {
      return work()
    } catch {
      faults.push(`${name} should be PEM or the path of such a file`)
      return undefined
    }
  }
  const certificate = attempt('SBER_ID_CERTIFICATE', () => new X509Certificate(textOf(tls.certificate ?? '')))
  const key = attempt('SBER_ID_CERTIFICATE_KEY', () =>
    createPublicKey(
      createPrivateKey({ key: textOf(tls.key ?? ''), ...(tls.passphrase && { passphrase: tls.passphrase }) }),
    ),
  )
  if (tls.ca) attempt('SBER_ID_CA', () => new X509Certificate(textOf(tls.ca ?? '')))
  const spki = { type: 'spki', format: 'pem' } as const
  if (certificate && key && certificate.publicKey.export(spki) !== key.export(spki))
    faults.push('SBER_ID_CERTIFICATE_KEY should be the key of SBER_ID_CERTIFICATE')
  if (faults.length > 0) throw new SettingsError(faults)
}

/** What of `fetch` the client uses. No redirect is followed, and each call has a connection of its own. */
const ask = (url: string, { method, headers, body, signal }: RequestInit, tls: Shown): Promise<Response> =>
  new Promise((resolve, reject) => {
    const text = body instanceof URLSearchParams ? body.toString() : ''
    const sent = {
      ...(headers as Record<string, string>),
      ...(text && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(text && { 'content-length': String(Buffer.byteLength(text)) }),
    }
    const options = { ...tls, method: method ?? 'GET', headers: sent, agent: false as const }
    const asked = request(url, { ...options, minVersion: 'TLSv1.2' }, (answer) =>
      readAnswer(answer).then(resolve, reject),
    )
    const stop = () => {
      asked.destroy()
      reject(new ProviderFault('unreachable', 'no answer in time'))
    }
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop, { once: true })
    asked.on('error', reject)
    asked.end(text)
  })

const readAnswer = async (answer: IncomingMessage): Promise<Response> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) {
      answer.destroy()
      throw new ProviderFault('untrusted', 'a longer answer than any right one')
    }
    chunks.push(chunk)
  }
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  )
  const body = bytes > 0 ? Buffer.concat(chunks) : null
  return new Response(body, { status: answer.statusCode ?? 502, headers })
}
