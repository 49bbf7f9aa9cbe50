/** The payload of a dynamic QR as НСПК issues it: the address that a bank's application opens. */
export const payloadUrl = (qrId: string, amountKopecks: number): string => {
  const address = `https://qr.nspk.ru/${qrId}?type=02&bank=${receivingBank}&sum=${amountKopecks}&cur=RUB`
  return `${address}&crc=${crc16(address)}`
}

// Published under two numbers; the dictionary of banks decides, and the simulator takes one.
const receivingBank = '100000000005'

/** CRC-16/CCITT-FALSE over the text up to `&crc=`, four upper-case hexadecimal digits. */
export const crc16 = (text: string): string => {
  let remainder = 0xffff
  for (const byte of new TextEncoder().encode(text)) {
    remainder ^= byte << 8
    for (let bit = 0; bit < 8; bit++)
      remainder = (remainder & 0x8000 ? (remainder << 1) ^ 0x1021 : remainder << 1) & 0xffff
  }
  return remainder.toString(16).toUpperCase().padStart(4, '0')
}
