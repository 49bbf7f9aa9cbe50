import { envExample } from './env-example.ts'

// bun infra/compose/invent-secrets.ts > .env: all that is ours to invent; addresses and what partners gave us stay empty.

const word = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')

const machineKey = async () => {
  const { privateKey } = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  const { kty, crv, x, d } = await crypto.subtle.exportKey('jwk', privateKey)
  const open = { kty, crv, x, alg: 'EdDSA', kid: crypto.randomUUID() }
  return { open, sealed: { ...open, d } }
}

const ours =
  /^(POSTGRES_PASSWORD|\w+_DATABASE(_OWNER)?_PASSWORD|\w+_KAFKA_HTTP_PASSWORD|(\w+_)?KEY_ENCRYPTION_KEY|CODE_PEPPER|PAYER_LINK_KEY|S3_(ACCESS|SECRET)_KEY)$/

export const inventSecrets = async (): Promise<string> => {
  const lines = (await envExample()).split('\n')
  const machines: Record<string, object> = {}
  const filled: string[] = []
  for (const line of lines) {
    const name = /^(\w+)=$/.exec(line)?.[1] ?? ''
    const machine = /^(\w+)_MACHINE_KEY$/.exec(name)?.[1]
    if (machine) {
      const { open, sealed } = await machineKey()
      machines[machine.toLowerCase()] = open
      filled.push(`${name}='${JSON.stringify(sealed)}'`)
    } else filled.push(ours.test(name) ? `${name}=${word()}` : line)
  }
  return filled
    .join('\n')
    .replace(/^MACHINE_CLIENTS=$/m, () => `MACHINE_CLIENTS='${JSON.stringify(machines)}'`)
}

if (import.meta.main) process.stdout.write(await inventSecrets())
