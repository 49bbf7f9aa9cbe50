/**
 * The one script of the payer's page: asks for its status, and when that is another, takes over the page as it is then. Nothing is
 * kept but what the page shows. After half an hour without a change it stops, and says so.
 */
export const liveScript = `'use strict'
const by = (id, from = document) => from.getElementById(id)
const live = by('live')
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const visible = () => document.visibilityState === 'visible'
  ? undefined
  : new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }))
const take = (page) => {
  const fresh = by('live', page)
  const go = page.querySelector('[data-go]')
  if (go) return location.replace(go.href)
  if (!fresh) return location.reload()
  const held = live.contains(document.activeElement) && document.activeElement.id
  document.title = page.title
  by('fault')?.remove()
  const fault = by('fault', page)
  if (fault) by('state').before(fault)
  by('state').className = by('state', page).className
  by('state').textContent = by('state', page).textContent
  live.innerHTML = fresh.innerHTML
  for (const name of ['page', 'status', 'stamp']) {
    if (fresh.dataset[name] === undefined) delete live.dataset[name]
    else live.dataset[name] = fresh.dataset[name]
  }
  if (held !== false) (by(held) ?? by('state')).focus()
}
const ask = async () => {
  const { status, stamp, page } = live.dataset
  const answer = await fetch(status + '?' + new URLSearchParams({ wait: '10', after: stamp }))
  if (answer.status >= 500 || answer.status === 429) throw new Error('later')
  if (!answer.ok || answer.redirected) return location.reload()
  if ((await answer.json()).stamp === stamp) return false
  const text = await (await fetch(page + '&wait=0', { headers: { accept: 'text/html' } })).text()
  take(new DOMParser().parseFromString(text, 'text/html'))
  return true
}
const follow = async () => {
  let until = performance.now() + 30 * 60000
  while (live.dataset.status && performance.now() < until) {
    await visible()
    try {
      if (await ask()) until = performance.now() + 30 * 60000
    } catch {
      await pause(3000)
    }
  }
  if (live.dataset.status) by('stopped').hidden = false
}
if (live?.dataset.status) follow()
`
