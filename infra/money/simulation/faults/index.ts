import { brokenAfterActing, brokenBeforeActing, systemError, tooMany } from './errors.ts'
import type { Fault } from './fault.ts'
import { emptyAnswer, garbageAfterActing, halfAnAnswer } from './garbage.ts'
import { resetAfterActing, timeOutAfterActing, timeOutBeforeActing, writeTimesOut } from './time-outs.ts'
import { foreignNumber, wrongAmount, wrongCurrency } from './wrong-answers.ts'

/** Every lie on the line to the bank, by its name: one more is one more line. */
export const faults: Record<string, Fault> = {
  'time-out-before-acting': timeOutBeforeActing,
  'time-out-after-acting': timeOutAfterActing,
  'write-times-out': writeTimesOut,
  'reset-after-acting': resetAfterActing,
  'too-many-requests': tooMany,
  'broken-before-acting': brokenBeforeActing,
  'broken-after-acting': brokenAfterActing,
  'system-error': systemError,
  'garbage-after-acting': garbageAfterActing,
  'half-an-answer': halfAnAnswer,
  'empty-answer': emptyAnswer,
  'wrong-amount': wrongAmount,
  'wrong-currency': wrongCurrency,
  'foreign-number': foreignNumber,
}
