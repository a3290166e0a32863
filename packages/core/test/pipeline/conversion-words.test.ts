import { expect, test } from '@jest/globals'
import { conversionBetween } from '../../src/component/conversion.ts'
import { t } from '../../src/component/t.ts'
import { conversionWords } from '../../src/pipeline/conversion-words.ts'

const silent = { role: 'assistant', content: [] }

/** Each type with values that are hard to convert. */
const types = [
  [t.string(), ['']],
  [t.array(t.string()), [[], ['a', 'b']]],
  [t.message(), [silent]],
  [t.array(t.message()), [[], [silent]]],
] as const

const conversions = types.flatMap(([{ type: sends }, values]) =>
  types.flatMap(([{ type: expects }]) => {
    const conversion = conversionBetween(sends, expects)
    return conversion ? [{ ...conversion, values: values as readonly unknown[] }] : []
  }),
)

test('there are words for each conversion', () => {
  expect(new Set(conversions.map(({ name }) => name))).toEqual(new Set(Object.keys(conversionWords)))
})

test.each(conversions)('$name: the words say when it fails, if it does', ({ name, convert, values }) => {
  const fails = values.some((value) => {
    try {
      convert(value)
      return false
    } catch {
      return true
    }
  })
  expect(conversionWords[name].fails !== undefined).toBe(fails)
})
