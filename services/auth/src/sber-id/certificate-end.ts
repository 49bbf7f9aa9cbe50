import type { DegradedCheck, Log } from '@kontora/service'

const day = 24 * 60 * 60_000
const alarmDays = 30

type Ending = { now: () => Date; sberCertificateEndsAt: () => Date }
type PerhapsEnding = { now: () => Date; log: Log; sberCertificateEndsAt?: (() => Date) | undefined }

const daysLeft = ({ now, sberCertificateEndsAt }: Ending): number =>
  Math.floor((sberCertificateEndsAt().getTime() - now().getTime()) / day)

/** Renewing takes the bank days, and without a certificate nobody signs in by Сбер ID. */
export const certificateCheck = (ending: Ending): DegradedCheck => ({
  name: 'sber-certificate',
  isWell: () => daysLeft(ending) >= alarmDays,
})

/** Nothing where we show no certificate ourselves. */
export const tellCertificateEnd = ({ now, log, sberCertificateEndsAt }: PerhapsEnding): void => {
  if (!sberCertificateEndsAt) return
  const days = daysLeft({ now, sberCertificateEndsAt })
  if (days < alarmDays) log.error('sber-certificate-expires', { days })
}
