export type Share = { vat: string; percent: number | null; amountKopecks: number }

/** A sum over the rates of its invoice in their proportion; what rounding leaves goes to the last, so the shares add up. */
export const splitByVat = (lines: Share[], amountKopecks: number): Share[] => {
  const byRate = Map.groupBy(lines, ({ vat }) => vat)
  const rates = [...byRate].map(([vat, ofRate]) => ({
    vat,
    percent: ofRate[0]?.percent ?? null,
    wholeKopecks: ofRate.reduce((sum, line) => sum + BigInt(line.amountKopecks), 0n),
  }))
  const total = rates.reduce((sum, { wholeKopecks }) => sum + wholeKopecks, 0n)
  let left = BigInt(amountKopecks)
  return rates
    .map(({ vat, percent, wholeKopecks }, i): Share => {
      const share = i === rates.length - 1 ? left : (BigInt(amountKopecks) * wholeKopecks) / total
      left -= share
      return { vat, percent, amountKopecks: Number(share) }
    })
    .filter((share) => share.amountKopecks > 0)
}
