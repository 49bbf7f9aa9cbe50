export { Email } from './email.ts'
export { bankNumber, Id, uuidv7 } from './id.ts'
export { Kopecks, SignedKopecks, ZeroOrMoreKopecks } from './money.ts'
export {
  BankAccount,
  Bik,
  Inn,
  isAccountOf,
  isCorrespondentAccountOf,
  Kpp,
  Ogrn,
  Phone,
} from './requisites.ts'
export { HeaderToken, Locale, Name, PageLimit, Sha256Hex, SizeBytes, Text, Url } from './text.ts'
export { DateOnly, Instant } from './time.ts'
export { WebhookSecret } from './webhook-secret.ts'
