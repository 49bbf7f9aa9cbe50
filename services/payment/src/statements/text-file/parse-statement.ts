import { decoderOf, encodingOf } from './decode-bytes.ts'
import { inLatin } from './look-alikes.ts'
import { accountPattern, createFieldGatherer, dayOf, nameOf } from './read-fields.ts'
import { readAccount, readDocument } from './read-sections.ts'
import { createLineSplitter } from './split-lines.ts'
import {
  type AccountSection,
  type Fault,
  mostFaults,
  type Statement,
  type StatementDocument,
  StatementFaults,
} from './statement.ts'

type Place = 'start' | 'header' | 'account' | 'document' | 'between' | 'end'

/** Of these a section may not say two things. */
const strictNames = new Set(['номер', 'дата', 'сумма', 'расчсчет', 'датаначала', 'датаконца'])

const begins = new Map<string, Place>([
  ['секциярасчсчет', 'account'],
  ['секциядокумент', 'document'],
])
const ends = new Map<string, Place>([
  ['конецрасчсчет', 'account'],
  ['конецдокумента', 'document'],
])
const endOfFile = 'конецфайла'
const endOf = { account: 'КонецРасчСчет', document: 'КонецДокумента' }

const timePattern = /^\d\d:\d\d:\d\d$/

const isFirstLine = (line: string): boolean => inLatin(line.trim()).toLowerCase() === '1cclientbankexchange'

/** The state machine over the lines of one file. It holds the section that it reads, and what it has read. */
const createMachine = () => {
  const faults: Fault[] = []
  const gatherer = createFieldGatherer(faults)
  const accounts = new Set<string>()
  const sections: AccountSection[] = []
  const documents: StatementDocument[] = []
  let place: Place = 'start'
  let lineNumber = 0
  let kind = ''
  let madeOn = ''
  let madeTime = '00:00:00'

  /** What follows a broken frame would be read wrongly, so nothing more is read. */
  const stop = (expected: string): never => {
    throw new StatementFaults([...faults, { line: lineNumber, expected }])
  }

  const begin = (next: Place, value: string): void => {
    if (place === 'account' || place === 'document') stop(`${endOf[place]} before another section`)
    place = next
    kind = value
    gatherer.begin(lineNumber)
  }

  const end = (ended: Place): void => {
    if (place !== ended) stop('the end of the section that was begun')
    const fields = gatherer.fields()
    if (ended === 'account') sections.push(readAccount(fields))
    else documents.push(readDocument(fields, kind))
    place = 'between'
  }

  const readHeader = (name: string, value: string): void => {
    if (name === 'датасоздания') madeOn = dayOf(value) ?? ''
    if (name === 'времясоздания' && timePattern.test(value)) madeTime = value
    if (name !== 'расчсчет') return
    if (accountPattern.test(value)) accounts.add(value)
    else faults.push({ line: lineNumber, expected: 'расчсчет: 20 digits' })
  }

  const readField = (line: string, equals: number): void => {
    const value = line.slice(equals + 1).trim()
    const name = nameOf(line.slice(0, equals))
    if (place === 'header') readHeader(name, value)
    else if (place === 'between') stop('a section or КонецФайла')
    else gatherer.add(name, value, lineNumber, strictNames.has(name))
  }

  const readLine = (line: string): void => {
    const equals = line.indexOf('=')
    const word = nameOf(equals < 0 ? line : line.slice(0, equals))
    const begun = begins.get(word)
    const ended = ends.get(word)
    if (begun) begin(begun, equals < 0 ? '' : line.slice(equals + 1).trim())
    else if (ended) end(ended)
    else if (word === endOfFile) {
      if (place === 'account' || place === 'document') stop(`${endOf[place]} before КонецФайла`)
      place = 'end'
    } else if (equals >= 0) readField(line, equals)
    else if (!gatherer.goOn(line.trim())) stop('a field, a section or its end')
  }

  return {
    push: (line: string): void => {
      lineNumber += 1
      if (faults.length >= mostFaults) throw new StatementFaults(faults)
      if (line.trim() === '' || place === 'end') return
      if (place === 'start') {
        if (!isFirstLine(line)) stop('1CClientBankExchange')
        place = 'header'
      } else readLine(line)
    },
    end: (encoding: string): Statement => {
      if (place === 'start') stop('1CClientBankExchange')
      if (place !== 'end') stop('КонецФайла: the file was cut off')
      if (faults.length > 0) throw new StatementFaults(faults)
      for (const { account } of sections) accounts.add(account)
      const madeAt = madeOn ? `${madeOn} ${madeTime}` : null
      return { encoding, madeAt, accounts: [...accounts], sections, documents }
    },
    lineNumber: () => lineNumber,
  }
}

const textOf = (decode: (chunk: Uint8Array) => string, chunk: Uint8Array, line: number): string => {
  try {
    return decode(chunk)
  } catch {
    throw new StatementFaults([{ line, expected: 'text in UTF-8' }])
  }
}

/**
 * Reads `1CClientBankExchange` (versions 1.01 to 1.03) piece by piece, so that neither the bytes nor the text of a large
 * day need be held. Throws `StatementFaults`, which name lines and expectations, never a value.
 */
export const createStatementParser = () => {
  const machine = createMachine()
  const lines = createLineSplitter(machine.push)
  let encoding: string | undefined
  let decode: ((chunk: Uint8Array) => string) | undefined
  return {
    push: (chunk: Uint8Array): void => {
      if (!decode) {
        const found = encodingOf(chunk)
        encoding = found
        decode = decoderOf(found)
      }
      lines.push(textOf(decode, chunk, machine.lineNumber() + 1))
    },
    end: (): Statement => {
      lines.end()
      return machine.end(encoding ?? 'utf-8')
    },
  }
}

export const parseStatement = (bytes: Uint8Array): Statement => {
  const parser = createStatementParser()
  parser.push(bytes)
  return parser.end()
}
