/** Only НСПК makes these links: one on any other host is not shown to a payer, whoever gave it. */
export const isSbpLink = (text: string): boolean => {
  // `URL` would pass over blanks that the picture would hold.
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false
  const { protocol, host, username, password, pathname } = new URL(text)
  return (
    protocol === 'https:' &&
    host === 'qr.nspk.ru' &&
    username === '' &&
    password === '' &&
    /^\/[0-9A-Za-z]{32}$/.test(pathname)
  )
}
