import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import * as v from 'valibot'
import { type Place, StartFault } from './place.ts'

export const services = ['client', 'auth', 'notification', 'documents', 'payment'] as const
export type ServiceName = (typeof services)[number]

const Text = v.pipe(v.string(), v.minLength(8))
const Secrets = v.object({
  /** Keys, passwords and peppers by name. */
  words: v.record(v.string(), Text),
  /** Private keys by which services prove themselves at `auth`. */
  machineKeys: v.record(v.string(), v.record(v.string(), v.unknown())),
})
export type Secrets = v.InferOutput<typeof Secrets>

const word = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')

const names = [
  ...['kafka-http', ...services].flatMap((name) => [
    `database ${name}`,
    `database ${name} owner`,
    `kafka ${name}`,
  ]),
  ...[
    's3',
    'resend',
    'vtb',
    'vtb callback',
    'vtb openapi',
    'vtb openapi callback',
    'sber-id',
    'one-c',
    'roback',
    'campaigns',
  ],
  ...['key encryption', 'code pepper', 'letter encryption', 'payment cookies', 'payer links'],
]

const machineKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'EdDSA', kid: crypto.randomUUID() }
}

const read = (path: string, data: string): Partial<Secrets> => {
  if (!existsSync(path)) {
    if (!existsSync(join(data, 'postgres', 'data'))) return {}
    throw new StartFault(
      `${path} is gone, and with it the keys to the data of this folder. Put it back, or move ${data} away and start anew.`,
    )
  }
  try {
    return v.parse(Secrets, JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    throw new StartFault(
      `${path} is broken, and with it the keys to the data of this folder. Put back what it was, or move ${data} away and start anew.`,
    )
  }
}

/** What a start has invented before is kept; what is new is added. Written whole or not at all. */
export const readSecrets = async ({ data }: Place): Promise<Secrets> => {
  const path = join(data, 'secrets.json')
  const { words = {}, machineKeys = {} } = read(path, data)
  for (const name of names) words[name] ??= word()
  words['resend webhook'] ??=
    `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`
  for (const name of services) machineKeys[name] ??= { ...(await machineKey()) }
  const secrets = { words, machineKeys }
  const text = JSON.stringify(secrets, null, 2)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return secrets
  try {
    writeFileSync(`${path}.new`, text, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StartFault(
      code === 'ENOSPC' ? `The disk of ${data} is full.` : `${path} cannot be written (${code}).`,
    )
  }
  return secrets
}

/** The public halves, as `auth` reads them in MACHINE_CLIENTS. */
export const publicMachineKeys = ({ machineKeys }: Secrets): Record<string, object> =>
  Object.fromEntries(Object.entries(machineKeys).map(([name, { d: _, ...publicKey }]) => [name, publicKey]))
