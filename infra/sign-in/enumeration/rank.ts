/** How often one of the first is larger than one of the second, ties by half: 0.5 when neither tells (Mann and Whitney). */
export const areaUnderCurve = (first: number[], second: number[]): number => {
  const all = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ]
  all.sort((a, b) => a.value - b.value)
  let ranks = 0
  for (let i = 0; i < all.length; ) {
    let j = i
    while (j < all.length && all[j]?.value === all[i]?.value) j++
    const rank = (i + 1 + j) / 2
    for (; i < j; i++) if (all[i]?.isFirst) ranks += rank
  }
  return (ranks - (first.length * (first.length + 1)) / 2) / (first.length * second.length)
}
