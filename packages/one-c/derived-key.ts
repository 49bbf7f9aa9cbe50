/** RFC 9562 version 8: the same id and purpose give the same key, in every service and on every repeat. */
export const derivedKey = async (id: string, purpose: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${purpose}:${id}`))
  const bytes = new Uint8Array(digest, 0, 16)
  const view = new DataView(digest)
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x80)
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80)
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
