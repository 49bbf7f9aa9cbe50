const refresh = async () => {
  const { parts } = await (await fetch('/_stack')).json()
  for (const part of parts) {
    const row = document.querySelector(`[data-part="${part.name}"]`)
    for (const cell of row.querySelectorAll('[data-field]'))
      cell.textContent = part[cell.dataset.field] ?? (cell.dataset.field === 'why' ? '' : '–')
    row.querySelector('[data-field="state"]').className = part.state
  }
}

setInterval(() => refresh().catch(() => {}), 2000)

document.querySelector('#sign-in').addEventListener('submit', async (event) => {
  event.preventDefault()
  const email = new FormData(event.target).get('email')
  const token = document.querySelector('#token')
  token.textContent = '…'
  const answer = await fetch('/_stack/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  })
  const body = await answer.json()
  token.textContent = body.accessToken ?? body.error
})
