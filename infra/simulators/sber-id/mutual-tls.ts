export { type Deviation, deviations } from './deviations.ts'
export { type Authority, type Certificate, createAuthority } from './make-certificate.ts'
export { serveMutualTls } from './serve-mutual-tls.ts'
