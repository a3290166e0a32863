import { expect, test } from '@jest/globals'
import { renamedRules, rootBody, untilRules, withRoot } from '../../../src/engines/llama-node/gbnf-parts.ts'
import { checkGbnf } from '../../../src/gbnf/gbnf-check.ts'

test('rules get other names, and texts and classes stay as they are', () => {
  expect(renamedRules('root ::= "root" a [a-z] # root\na ::= "\\"a" <[1]> "x"{2,3}', 'p-')).toBe(
    'p-root ::= "root" p-a [a-z] # root\np-a ::= "\\"a" <[1]> "x"{2,3}',
  )
})

test('the root of a grammar is read and replaced', () => {
  const gbnf = 'a ::= "x"\nroot ::= a b\nb ::= "$&"'
  expect(rootBody(gbnf)).toBe('a b')
  expect(withRoot(gbnf, '"$&"')).toBe('a ::= "x"\nroot ::= "$&"\nb ::= "$&"')
  expect(rootBody('a ::= "x"')).toBeUndefined()
})

test('the rules up to a mark read every text that ends with it, and no other', () => {
  const rules = untilRules('until', 'aab')
  expect(() => checkGbnf(`root ::= until\n${rules}`)).not.toThrow()
  expect(rules).toBe(
    [
      'until ::= "a" until-1 | [^\\U00000061] until',
      'until-1 ::= "a" until-2 | [^\\U00000061] until',
      'until-2 ::= "a" until-2 | "b" | [^\\U00000061\\U00000062] until',
      '',
    ].join('\n'),
  )
})
