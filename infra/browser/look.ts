import axe from 'axe-core'
import type { Page } from 'playwright-core'

type Result = { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }

/** All rules of axe, those of target sizes too, which are off by default. */
const run = `(async () => {
  const found = await axe.run(document, { rules: { 'target-size': { enabled: true } } })
  return { violations: found.violations.map(({ id, nodes }) => ({
    id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
  })) }
})()`

const violationsOf = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate(run)) as Result
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary ?? ''}`),
  )
}

/** What every control shows of itself when the keyboard comes to it. */
const withoutFocus = `[...document.querySelectorAll('a, button, summary, input:not([type=hidden])')].filter((one) => {
  if (!one.checkVisibility()) return false
  one.focus({ focusVisible: true })
  const { outlineStyle, outlineWidth } = getComputedStyle(one)
  return document.activeElement !== one || outlineStyle === 'none' || parseFloat(outlineWidth) < 2
}).map((one) => 'no visible focus: ' + one.outerHTML.slice(0, 120))`

const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'

const views = [
  { colorScheme: 'light', width: 320 },
  { colorScheme: 'dark', width: 1100 },
] as const

/** Everything that is wrong with a page, in light and dark, wide and on the narrowest telephone. */
export const faultsOf = async (page: Page): Promise<string[]> => {
  const faults: string[] = []
  for (const { colorScheme, width } of views) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    const found = [...(await violationsOf(page)), ...((await page.evaluate(withoutFocus)) as string[])]
    if (await page.evaluate(isTooWide)) found.push('wider than the screen')
    faults.push(...found.map((one) => `${colorScheme}, ${width} px: ${one}`))
  }
  return faults
}
