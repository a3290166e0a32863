import { expect, test } from '@jest/globals'
import { renamedRules } from '../../src/gbnf/gbnf-reader.ts'
import { failureOf } from '../failure-of.ts'

test('rules get other names, and texts and classes stay as they are', () => {
  expect(
    renamedRules('root ::= "root" a [a-z] # root\na ::= "\\"a" !<[1]> (a | 1b)* "x"{2,3}\n1b ::= .', 'p-'),
  ).toBe('p-root ::= "root" p-a [a-z] # root\np-a ::= "\\"a" !<[1]> (p-a | p-1b)* "x"{2,3}\np-1b ::= .')
})

test('what cannot be read is not renamed', async () => {
  expect((await failureOf(() => renamedRules('root ::= <think>', 'p-'))).code).toBe('OPTION_INVALID')
})
