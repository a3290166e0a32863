import { describe, expect, test } from '@jest/globals'
import { checkGbnf } from '../../src/gbnf/gbnf-check.ts'
import { failureOf } from '../failure-of.ts'

/** Rules that begin with the next one, in the order of the numbers. */
function chain(numbers: readonly number[]): string {
  const rules = numbers.map((number) => `r-${number} ::= r-${number + 1}`)
  return ['root ::= r-0', ...rules, `r-${numbers.length} ::= "a"`].join('\n')
}

const count = (length: number) => Array.from({ length }, (_, index) => index)

describe('a grammar', () => {
  test.each([
    'root ::= "a"',
    'root ::= ("ja" | "nein") "!"{2,3} # a comment\n',
    'root ::= a b\r\na ::= [^"\\\\] [a-z0-9_-]+\n\nb ::= "\\x41" "\\u00e9" "\\U0001F600" "\\[" .',
    'root ::= (\n  "a" |\n  "b"\n)* end?\nend ::= ""',
    'root ::= "(" root ")" | ""',
    'root ::= <[42]> !<[43]> "a"{2} "b"{2,} "c"{ 1 , 4 }',
    'root ::= | "a"',
    chain(count(400)),
  ])('%j is taken', (gbnf) => {
    expect(() => checkGbnf(gbnf)).not.toThrow()
  })

  test.each([
    ['root ::= "a', 'it ends within a text or class, in line 1'],
    ['root ::= [a', 'it ends within a text or class, in line 1'],
    ['root ::= "\\q"', "'\\q' is no escape of GBNF, in line 1"],
    ['root ::= "a"\nroot2 = "b"', "expected '::=', in line 2"],
    ['root ::= ("a"', "expected ')', in line 1"],
    ['root ::= "a")', 'expected the end of the rule, in line 1'],
    ['root ::= *', "expected something in front of '*', in line 1"],
    ['root ::= "a"{x}', "expected a number of times as in '{2}', '{2,}' or '{2,4}', in line 1"],
    ['root ::= "a"{5000}', "'{5000}' is more than llama.cpp repeats, in line 1"],
    ['root ::= <a>', "expected a token as in '<[42]>', in line 1"],
    ['', "it has no rule 'root'. Its rules: none"],
    ['start ::= "a"', "it has no rule 'root'. Its rules: 'start'"],
    ['root ::= "a" thing', "it uses the rule 'thing', which it does not define"],
    ['root ::= root "a"', "the rule 'root' begins with itself"],
    ['root ::= a "x"\na ::= "y"? b\nb ::= a | "z"', "the rule 'a' begins with itself"],
    ['root ::= ( ("" | "y") root ) "z"', "the rule 'root' begins with itself"],
    [`root ::= ${'('.repeat(100_000)}"a"${')'.repeat(100_000)}`, 'it is nested too deeply, in line 1'],
    [chain(count(20_000)), 'more than 500 rules begin with one another'],
    [chain(count(20_000).reverse()), 'more than 500 rules begin with one another'],
  ])('%.40j is refused: %s', async (gbnf, problem) => {
    const error = await failureOf(() => checkGbnf(gbnf))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.grammar' })
    expect(error.message).toContain(`is no grammar that llama.cpp reads: ${problem}`)
  })
})
