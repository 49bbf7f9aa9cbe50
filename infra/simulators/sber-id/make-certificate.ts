import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export type Certificate = { certificate: string; key: string }
export type Authority = Certificate & {
  /** `passphrase` seals the key, as the bank hands its own out. */
  issue: (
    name: string,
    wanted: { hosts?: string[]; client?: boolean; notAfter?: Date; passphrase?: string },
  ) => Certificate
}

const lengthOf = ({ length }: Uint8Array): number[] => {
  if (length < 128) return [length]
  return length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
}
const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body)]), body])
}
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts)
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes)
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const time = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`))
const nameOf = (name: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))))

const ecdsaSha256 = sequence(oid('2a8648ce3d040302'))
const yes = Buffer.from([0x01, 0x01, 0xff])

const extension = (id: string, critical: boolean, value: Uint8Array) =>
  sequence(oid(id), ...(critical ? [yes] : []), der(0x04, value))
const authorityOnly = extension('551d13', true, sequence(yes))
const clientOnly = extension('551d25', false, sequence(oid('2b06010505070302')))
const namesOf = (hosts: string[]) =>
  extension('551d11', false, sequence(...hosts.map((host) => der(0x82, Buffer.from(host)))))

const pem = (bytes: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`

type Wanted = {
  subject: string
  issuer: string
  notAfter: Date
  extensions: Buffer[]
  keys: Keys
  by: KeyObject
}
type Keys = { publicKey: KeyObject; privateKey: KeyObject }

const makeKeys = (): Keys => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const day = 24 * 60 * 60_000
const yesterday = () => new Date(Date.now() - day)

const make = ({ subject, issuer, notAfter, extensions, keys, by }: Wanted): string => {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1, ...randomBytes(8)])),
    ecdsaSha256,
    nameOf(issuer),
    sequence(time(new Date(Math.min(yesterday().getTime(), notAfter.getTime() - day))), time(notAfter)),
    nameOf(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  return pem(sequence(body, ecdsaSha256, bits(sign('sha256', body, by))))
}

const keyPem = ({ privateKey }: Keys, passphrase?: string): string => {
  const plain = { type: 'pkcs8', format: 'pem' } as const
  const sealed = passphrase === undefined ? plain : { ...plain, cipher: 'aes-256-cbc', passphrase }
  return privateKey.export(sealed).toString()
}

/** An authority of its own (X.509 v3, P-256): the bank's for its servers, the bank's for its clients, or a stranger's. */
export const createAuthority = (name: string): Authority => {
  const keys = makeKeys()
  const own = { subject: name, issuer: name, by: keys.privateKey }
  const soon = () => new Date(Date.now() + 365 * day)
  return {
    certificate: make({ ...own, keys, notAfter: soon(), extensions: [authorityOnly] }),
    key: keyPem(keys),
    issue: (subject, { hosts = [], client = false, notAfter = soon(), passphrase }) => {
      const leaf = makeKeys()
      const extensions = [...(hosts.length > 0 ? [namesOf(hosts)] : []), ...(client ? [clientOnly] : [])]
      return {
        certificate: make({ ...own, subject, keys: leaf, notAfter, extensions }),
        key: keyPem(leaf, passphrase),
      }
    },
  }
}
