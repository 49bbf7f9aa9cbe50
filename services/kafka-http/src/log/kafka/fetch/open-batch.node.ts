import { compressionsAlgorithmsByBitmask, crc32c } from '@platformatic/kafka/core'
import { type Batch, BrokenRecords } from './read-record.node.ts'

/** Before the records: KIP-98's RecordBatch, magic 2. */
const headBytes = 61
const beforeLength = 12
const magic = 2

const compression = 0b111
const logAppendTime = 0b1000
const transactional = 0b10000
const control = 0b100000

export type Head = {
  bytes: Buffer
  firstOffset: number
  behind: number
  producerId: bigint
  isControl: boolean
  isTransactional: boolean
}

/** The whole batch that begins here; undefined when it is cut, as the last of an answer may be. */
export const readHead = (records: Buffer, at: number): Head | undefined => {
  if (records.length - at < headBytes) return undefined
  const length = records.readInt32BE(at + 8) + beforeLength
  if (length < headBytes) throw new BrokenRecords('a batch is shorter than its head')
  if (records.length - at < length) return undefined
  const bytes = records.subarray(at, at + length)
  if (bytes[16] !== magic) throw new BrokenRecords(`a batch has format ${bytes[16]}, not ${magic}`)
  if (crc32c(bytes.subarray(21)) >>> 0 !== bytes.readUInt32BE(17))
    throw new BrokenRecords('a batch does not fit its checksum')
  const attributes = bytes.readInt16BE(21)
  const firstOffset = Number(bytes.readBigInt64BE(0))
  return {
    bytes,
    firstOffset,
    behind: firstOffset + bytes.readInt32BE(23) + 1,
    producerId: bytes.readBigInt64BE(43),
    isControl: (attributes & control) !== 0,
    isTransactional: (attributes & transactional) !== 0,
  }
}

export const openBatch = ({ bytes, firstOffset }: Head): Batch => {
  const attributes = bytes.readInt16BE(21)
  const count = bytes.readInt32BE(57)
  if (count < 0) throw new BrokenRecords('a batch holds less than nothing')
  return {
    firstOffset,
    firstTimestamp: Number(bytes.readBigInt64BE(27)),
    appendedAt: (attributes & logAppendTime) !== 0 ? Number(bytes.readBigInt64BE(35)) : undefined,
    records: unpack(bytes.subarray(headBytes), attributes & compression),
    count,
  }
}

const unpack = (packed: Buffer, by: number): Buffer => {
  if (by === 0) return packed
  const algorithm = compressionsAlgorithmsByBitmask[by as 1]
  if (!algorithm) throw new BrokenRecords(`a batch is packed by ${by}, which is unknown`)
  try {
    return algorithm.decompressSync(packed) as Buffer
  } catch (cause) {
    throw new BrokenRecords('a batch cannot be unpacked', { cause })
  }
}
