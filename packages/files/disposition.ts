/** Always an attachment, so that nothing opens inside the portal's or the store's origin (RFC 6266 with RFC 5987). */
export const attachment = (fileName: string): string => {
  const name = cleanName(fileName)
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["%]/g, '_')
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeName(name)}`
}

// Control, formatting and direction characters disguise what a file is (`exe.fdp` turned round); slashes make paths.
const cleanName = (fileName: string): string =>
  fileName
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\]/gu, '_')
    .slice(0, 200)
    .replace(/\p{Cs}$/u, '') || 'file'

const encodeName = (name: string): string =>
  encodeURIComponent(name).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
