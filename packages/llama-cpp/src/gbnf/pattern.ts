import { type AST, RegExpParser } from '@eslint-community/regexpp'
import { type CharSet, complement, DIGITS, NO_LINE_BREAK, SPACE, union, WORD } from './char-set.ts'

/** A regular expression, as far as a grammar can say it. */
export type Pattern =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'either'; readonly options: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly min: number; readonly max: number }

const ANYTHING: Pattern = {
  kind: 'repeat',
  part: { kind: 'set', set: complement([]) },
  min: 0,
  max: Infinity,
}

/** Why a pattern cannot be read: the end of a sentence that begins with "has the pattern 'x', ". */
export class PatternProblem {
  readonly what: string

  constructor(what: string) {
    this.what = what
  }
}

/**
 * Reads the regular expressions of JSON Schema, which are JavaScript's with the flag `u` and fit anywhere in a text: what
 * comes out is the whole text.
 *
 * @throws PatternProblem
 */
export function readPattern(source: string): Pattern {
  if (source.length > longestPattern) {
    throw new PatternProblem(`which is longer than ${longestPattern} characters`)
  }
  try {
    new RegExp(source, 'u')
    return either(parse(source).map(({ elements }) => wholeText(elements)))
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new PatternProblem(`which is not a regular expression: ${error.message}`)
    }
    // The stack of the parser ends before the longest pattern of nested groups does.
    throw error instanceof RangeError ? tooDeep() : error
  }
}

/** How few and how many code points a text of the pattern has. */
export function lengthOf(pattern: Pattern): readonly [min: number, max: number] {
  switch (pattern.kind) {
    case 'set':
      return [1, 1]
    case 'sequence':
      return pattern.parts
        .map(lengthOf)
        .reduce(([min, max], [least, most]) => [min + least, max + most], [0, 0])
    case 'either': {
      const lengths = pattern.options.map(lengthOf)
      return [Math.min(...lengths.map(([min]) => min)), Math.max(...lengths.map(([, max]) => max))]
    }
    case 'repeat': {
      const [min, max] = lengthOf(pattern.part)
      return [min * pattern.min, max === 0 || pattern.max === 0 ? 0 : max * pattern.max]
    }
  }
}

const deepestGroup = 50
const longestPattern = 5000

function parse(source: string): readonly AST.Alternative[] {
  return new RegExpParser().parsePattern(source, 0, source.length, { unicode: true }).alternatives
}

/** What is in front of an alternative without `^`, and behind one without `$`, may be anything. */
function wholeText(elements: readonly AST.Element[]): Pattern {
  const fromStart = isAnchor(elements[0], 'start')
  const inner = fromStart ? elements.slice(1) : elements
  const toEnd = isAnchor(inner.at(-1), 'end')
  const parts = (toEnd ? inner.slice(0, -1) : inner).map((element) => patternOf(element, 0))
  return {
    kind: 'sequence',
    parts: [...(fromStart ? [] : [ANYTHING]), ...parts, ...(toEnd ? [] : [ANYTHING])],
  }
}

function isAnchor(element: AST.Element | undefined, kind: 'start' | 'end'): boolean {
  return element?.type === 'Assertion' && element.kind === kind
}

function patternOf(element: AST.Element, depth: number): Pattern {
  if (depth > deepestGroup) throw tooDeep()
  switch (element.type) {
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return { kind: 'set', set: setOf(element) }
    case 'Group':
    case 'CapturingGroup':
      return either(
        element.alternatives.map(({ elements }) => ({
          kind: 'sequence',
          parts: elements.map((part) => patternOf(part, depth + 1)),
        })),
      )
    case 'Quantifier':
      return repeat(element, patternOf(element.element, depth))
    case 'Assertion':
      if (element.kind === 'start' || element.kind === 'end') {
        throw new PatternProblem(
          `of which a grammar can say '${element.raw}' only at the start or end of the whole`,
        )
      }
      throw unsayable(element.raw)
    default:
      throw unsayable(element.raw)
  }
}

/** A lazy quantifier finds the same texts. */
function repeat({ min, max }: AST.Quantifier, part: Pattern): Pattern {
  if (max > 1 && lengthOf(part)[0] === 0) {
    throw new PatternProblem('of which a grammar cannot repeat a part that may be empty')
  }
  return { kind: 'repeat', part, min, max }
}

const SETS = { digit: DIGITS, word: WORD, space: SPACE } as const

function setOf(element: AST.Node): CharSet {
  switch (element.type) {
    case 'Character':
      return [[element.value, element.value]]
    case 'CharacterClassRange':
      return [[element.min.value, element.max.value]]
    case 'CharacterClass': {
      const set = union(...element.elements.map(setOf))
      return element.negate ? complement(set) : set
    }
    case 'CharacterSet': {
      if (element.kind === 'any') return NO_LINE_BREAK
      if (element.kind === 'property') throw unsayable(element.raw)
      const set = SETS[element.kind]
      return element.negate ? complement(set) : set
    }
    default:
      throw unsayable(element.raw)
  }
}

function either(options: readonly Pattern[]): Pattern {
  return options.length === 1 ? (options[0] as Pattern) : { kind: 'either', options }
}

function unsayable(raw: string): PatternProblem {
  return new PatternProblem(`of which a grammar cannot say '${raw}'`)
}

function tooDeep(): PatternProblem {
  return new PatternProblem(`which has groups in groups, more than ${deepestGroup} deep`)
}
