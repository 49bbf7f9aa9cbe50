import type { Difference, DifferenceType } from './difference.ts'

/** Operations of one order, as our books have them. Days are Moscow's. */
export type OurOrder = {
  attemptId: string
  state: string
  amountKopecks: number
  startedOn: string
  endedOn: string | null
  refunds: OurRefund[]
}
export type OurRefund = {
  refundId: string
  refundNumber: string
  state: string
  amountKopecks: number
  endedOn: string | null
}

/** An operation of the order, as the registry has it. */
export type BankLine = {
  id: string
  kind: 'payment' | 'refund'
  way: 'card' | 'sbp' | null
  reference: string
  operatedOn: string
  grossKopecks: number
  commissionKopecks: number
  netKopecks: number
}

export type Tariff = { card: number; sbp: number }
/** `isCovered`: a registry of this day has come, so what it has not is missing. */
export type Proof = { day: string; isCovered: boolean; tariff: Tariff | undefined }

const ofLine = (
  type: DifferenceType,
  { id, grossKopecks }: BankLine,
  actualKopecks: number | null = null,
  expectedKopecks: number | null = grossKopecks,
): Difference => ({ type, subjectKind: 'registry-line', subject: id, expectedKopecks, actualKopecks })

/** Half a kopeck is rounded up, as the contract counts. */
const shareOf = (kopecks: number, basisPoints: number): number =>
  Number((BigInt(kopecks) * BigInt(basisPoints) * 2n + 10_000n) / 20_000n)

/** The bank's own arithmetic, and what the contract lets it keep. */
const compareSums = (line: BankLine, { tariff }: Proof): Difference[] => {
  const { kind, way, grossKopecks, commissionKopecks, netKopecks } = line
  const net = (kind === 'payment' ? grossKopecks : -grossKopecks) - commissionKopecks
  const differences = netKopecks === net ? [] : [ofLine('net', line, net, netKopecks)]
  const due = tariff && way && kind === 'payment' ? shareOf(grossKopecks, tariff[way]) : undefined
  if (due !== undefined && due !== commissionKopecks)
    differences.push(ofLine('commission', line, due, commissionKopecks))
  return differences
}

const comparePayment = (ours: OurOrder, line: BankLine): Difference[] => {
  const { state, amountKopecks, startedOn, endedOn } = ours
  if (state !== 'settled') return [ofLine('state', line, 0)]
  const differences: Difference[] = []
  if (line.grossKopecks !== amountKopecks) differences.push(ofLine('amount', line, amountKopecks))
  // We may hear of it a day later, but not before it was.
  if (line.operatedOn < startedOn || line.operatedOn > (endedOn ?? line.operatedOn))
    differences.push(ofLine('date', line, amountKopecks))
  return differences
}

const comparePayments = (ours: OurOrder, lines: BankLine[], proof: Proof): Difference[] => {
  const [first, ...more] = lines
  const { attemptId, state, amountKopecks, endedOn } = ours
  if (first) {
    const twice = more.filter(({ operatedOn }) => operatedOn === proof.day)
    const ofDay = first.operatedOn === proof.day ? comparePayment(ours, first) : []
    return [...ofDay, ...twice.map((line) => ofLine('twice', line, 0))]
  }
  if (state !== 'settled' || endedOn !== proof.day || !proof.isCovered) return []
  return [
    {
      type: 'missing-at-bank',
      subjectKind: 'attempt',
      subject: attemptId,
      expectedKopecks: null,
      actualKopecks: amountKopecks,
    },
  ]
}

type Pair = { line: BankLine; refund: OurRefund }

/** By our number where the bank gives it back, then by the sum, then whoever is left over. */
const pairRefunds = (refunds: OurRefund[], lines: BankLine[]) => {
  const freeRefunds = new Set(refunds)
  const freeLines = new Set(lines)
  const pairs: Pair[] = []
  const fits: ((line: BankLine, refund: OurRefund) => boolean)[] = [
    (line, refund) => line.reference !== '' && line.reference === refund.refundNumber,
    (line, refund) => line.grossKopecks === refund.amountKopecks && refund.state === 'settled',
    (_, refund) => refund.state === 'settled',
  ]
  for (const fit of fits)
    for (const line of freeLines)
      for (const refund of freeRefunds)
        if (freeLines.has(line) && fit(line, refund)) {
          pairs.push({ line, refund })
          freeLines.delete(line)
          freeRefunds.delete(refund)
        }
  return { pairs, lines: [...freeLines], refunds: [...freeRefunds] }
}

const compareRefund = ({ line, refund }: Pair): Difference[] => {
  if (refund.state !== 'settled') return [ofLine('state', line, 0)]
  if (line.grossKopecks !== refund.amountKopecks) return [ofLine('amount', line, refund.amountKopecks)]
  return line.operatedOn > (refund.endedOn ?? line.operatedOn)
    ? [ofLine('date', line, refund.amountKopecks)]
    : []
}

const compareRefunds = ({ refunds }: OurOrder, lines: BankLine[], proof: Proof): Difference[] => {
  const paired = pairRefunds(refunds, lines)
  const isOfDay = ({ operatedOn }: BankLine) => operatedOn === proof.day
  const missing = paired.refunds.filter(
    ({ state, endedOn }) => state === 'settled' && endedOn === proof.day && proof.isCovered,
  )
  return [
    ...paired.pairs.filter(({ line }) => isOfDay(line)).flatMap(compareRefund),
    ...paired.lines.filter(isOfDay).map((line) => ofLine('missing-at-ours', line)),
    ...missing.map(
      ({ refundId, amountKopecks }): Difference => ({
        type: 'missing-at-bank',
        subjectKind: 'refund',
        subject: refundId,
        expectedKopecks: null,
        actualKopecks: amountKopecks,
      }),
    ),
  ]
}

/** All that differs on one day between our operations of an order and the registry's; `ours` is missing where we know no such order. */
export const compareOrder = (ours: OurOrder | undefined, lines: BankLine[], proof: Proof): Difference[] => {
  const ofDay = lines.filter(({ operatedOn }) => operatedOn === proof.day)
  const sums = ofDay.flatMap((line) => compareSums(line, proof))
  if (!ours) return [...sums, ...ofDay.map((line) => ofLine('missing-at-ours', line))]
  const byKind = Map.groupBy(lines, ({ kind }) => kind)
  return [
    ...sums,
    ...comparePayments(ours, byKind.get('payment') ?? [], proof),
    ...compareRefunds(ours, byKind.get('refund') ?? [], proof),
  ]
}
