import { join } from 'node:path'
import { runTool } from './run-tool.ts'

const caFile = 'ca.pem'
export const keyStoreFile = 'broker.pem'

/** An authority of its own in `dir`, and by it the broker's certificate for 127.0.0.1. Answers with the authority's, as PEM. */
export const makeCertificate = async (dir: string): Promise<string> => {
  const openssl = (...words: string[]) =>
    runTool(['openssl', ...words], {
      cwd: dir,
      missing: 'A Kafka with TLS needs openssl, which makes its certificate.',
      fault: "openssl could not make the broker's certificate.",
    })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30']
  const request = ['req', '-x509', ...key]
  const authority = ['-subj', '/CN=Kontora test authority', '-addext', 'basicConstraints=critical,CA:TRUE']
  await openssl(...request, ...authority, '-keyout', 'ca.key', '-out', caFile)
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  const signed = ['-CA', caFile, '-CAkey', 'ca.key', '-addext', 'basicConstraints=critical,CA:FALSE']
  await openssl(...request, ...names, ...signed, '-keyout', 'broker.key', '-out', 'broker.crt')
  const parts = ['broker.key', 'broker.crt', caFile].map((name) => Bun.file(join(dir, name)).text())
  await Bun.write(join(dir, keyStoreFile), (await Promise.all(parts)).join(''))
  return Bun.file(join(dir, caFile)).text()
}
