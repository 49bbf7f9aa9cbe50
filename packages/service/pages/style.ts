/** One sheet for every page of ours: one column, 320 px and up, light and dark, no picture and no font to fetch. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #eef1f5; --card: #fff; --ink: #17212c; --quiet: #52606d; --line: #8793a0; --soft: #dfe4ea;
  --accent: #1d4fb8; --accent-on: #17429c; --on-accent: #fff; --wrong: #b3261e; --wrong-soft: #fdf1f0; --right: #1a7a3a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1319; --card: #182029; --ink: #e9eef3; --quiet: #a7b3bf; --line: #76828e; --soft: #2a343f;
    --accent: #8ab4ff; --accent-on: #a9c8ff; --on-accent: #0b1930; --wrong: #ffb4ab; --wrong-soft: #33201f; --right: #7fd99a;
  }
}
* { box-sizing: border-box } [hidden] { display: none !important }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif }
header { display: flex; align-items: center; justify-content: space-between;
  min-height: 5.25rem; padding: 1.25rem 1.5rem }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0; font-weight: 650; font-size: 1.125rem; letter-spacing: -.01em }
.brand svg { display: block }
main { width: 100%; max-width: 27rem; margin: 4vh auto 3rem; padding: 0 1rem }
main.wide { max-width: 48rem }
.card { background: var(--card); border-radius: 1rem; padding: 2rem; box-shadow: 0 1px 2px #0a14201a, 0 8px 28px #0a142014 }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.015em; overflow-wrap: break-word }
p { margin: 0 0 1rem; overflow-wrap: break-word }
.quiet { color: var(--quiet) } .wrong-text { color: var(--wrong) } .small { font-size: .875rem }
.card > :last-child { margin-bottom: 0 }
label { display: block; margin-bottom: .375rem; font-weight: 600 }
.hint { margin: 0 0 .5rem; color: var(--quiet); font-size: .875rem }
input { display: block; width: 100%; font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line);
  border-radius: .625rem; padding: .75rem .875rem; min-height: 3rem }
input[aria-invalid="true"] { border: 2px solid var(--wrong) }
input.code { font-size: 1.625rem; line-height: 1.2; letter-spacing: .3em; font-variant-numeric: tabular-nums; padding-left: 1rem }
button, .button { display: inline-flex; align-items: center; justify-content: center; gap: .625rem; width: 100%; font: inherit;
  font-weight: 600; text-align: center; min-height: 3rem; padding: .625rem 1rem; border: 1px solid transparent; border-radius: .625rem; cursor: pointer;
  background: var(--accent); color: var(--on-accent); text-decoration: none }
button:hover, .button:hover { background: var(--accent-on) }
.second { background: var(--card); color: var(--ink); border-color: var(--line) }
.second:hover { background: var(--soft) }
.plain { width: auto; min-height: 2.75rem; padding: .375rem 0; background: none; color: var(--accent); text-decoration: underline;
  text-underline-offset: .2em }
.plain:hover { background: none; color: var(--accent-on) }
form { margin: 0 0 1rem } form button { margin-top: 1rem } form.bare button { margin-top: 0 }
section { margin-top: 2rem } h2 { margin: 0 0 .5rem; font-size: 1.125rem; line-height: 1.3 }
.line { display: flex; gap: .5rem; align-items: center; margin: 0 } .line button { width: auto; margin: 0 }
.rows form { margin-bottom: 0 } .notice .button { margin-top: .75rem }
.codes { margin: 0 0 1rem; padding-left: 2.75rem; font: 1.125rem/1.9 ui-monospace, monospace; font-variant-numeric: tabular-nums }
.or { display: flex; align-items: center; gap: .75rem; margin: 1.25rem 0; color: var(--quiet); font-size: .875rem }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--soft) }
.notice { margin: 0 0 1.25rem; padding: .875rem 1rem; border-radius: .625rem; border-left: 4px solid var(--accent); background: var(--ground) }
.notice.wrong { border-color: var(--wrong); background: var(--wrong-soft) }
.notice h2 { margin: 0 0 .25rem; font-size: 1rem } .notice p { margin: 0 }
a { color: var(--accent); text-underline-offset: .2em }
header a { display: inline-flex; align-items: center; min-height: 2.75rem; padding: 0 .25rem }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .25rem }
input:focus-visible, button:focus-visible, .button:focus-visible { border-radius: .625rem }
.rows { list-style: none; margin: 0; padding: 0 }
.rows li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .125rem 1.5rem; padding: .875rem 0; border-top: 1px solid var(--soft) }
.rows p { margin: 0 } .rows .sum { font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums }
.head { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; margin-bottom: 1rem }
.head h1, .head form { margin: 0 }
.rows .acts { margin-left: auto; text-align: right } .acts .small { display: flex; gap: 0 1rem; justify-content: flex-end }
.acts a, .papers a { display: inline-flex; align-items: center; min-height: 2.75rem } .named { font-weight: 600 }
.state { margin: 0 0 1.25rem; padding: .75rem 1rem; border-radius: .625rem; background: var(--ground); font-weight: 600 }
.state.paid { color: var(--right) } .to-pay { margin-bottom: 1.25rem } .to-pay p { margin: 0 }
.amount { font-size: 2.25rem; line-height: 1.25; font-weight: 650; letter-spacing: -.02em; font-variant-numeric: tabular-nums }
.totals { margin: 1.5rem 0 0 } .totals div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; padding: .25rem 0 }
.totals dd { margin: 0; font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums } .papers { list-style: none; margin: 0; padding: 0 }
.qr { text-align: center } .qr svg { display: block; width: 100%; max-width: 17rem; margin: 0 auto .75rem; border-radius: .625rem }
.phone { display: none; margin-bottom: 1rem } @media (hover: none) and (pointer: coarse) { .phone { display: inline-flex } }
details { margin-top: 1rem } summary { min-height: 2.75rem; padding: .625rem 0; color: var(--accent); cursor: pointer }
@media (max-width: 26rem) { .card { padding: 1.5rem 1.25rem } header { padding: .75rem 1.25rem } main { margin-top: 0 } }
@media (prefers-contrast: more) { :root { --quiet: var(--ink); --line: var(--ink) } }
@media (forced-colors: active) { .card, .notice { border: 1px solid } }
`
