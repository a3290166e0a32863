// What the parser makes of a template. Each node knows where in the source it begins.

interface Node<Type extends string> {
  readonly type: Type
  readonly offset: number
}

export type Expression =
  | Literal
  | Name
  | Sequence
  | DictDisplay
  | Attribute
  | Item
  | Call
  | Filter
  | Test
  | Unary
  | Binary
  | Comparison
  | Concatenation
  | Condition

export interface Literal extends Node<'literal'> {
  readonly value: unknown
}

export interface Name extends Node<'name'> {
  readonly name: string
}

export interface Sequence extends Node<'list' | 'tuple'> {
  readonly items: readonly Expression[]
}

export interface DictDisplay extends Node<'dict'> {
  readonly pairs: readonly (readonly [Expression, Expression])[]
}

export interface Attribute extends Node<'attribute'> {
  readonly object: Expression
  readonly name: string
}

export interface Slice extends Node<'slice'> {
  readonly start: Expression | undefined
  readonly stop: Expression | undefined
  readonly step: Expression | undefined
}

export interface Item extends Node<'item'> {
  readonly object: Expression
  readonly index: Expression | Slice
}

export interface Arguments {
  readonly positional: readonly Expression[]
  readonly named: readonly { readonly name: string; readonly value: Expression; readonly offset: number }[]
  /** `*values` */
  readonly rest?: Expression | undefined
  /** `**values` */
  readonly namedRest?: Expression | undefined
}

export interface Call extends Node<'call'> {
  readonly callee: Expression
  readonly arguments: Arguments
}

export interface Filter extends Node<'filter'> {
  /** Undefined where a block is filtered. */
  readonly value: Expression | undefined
  readonly name: string
  readonly arguments: Arguments
}

export interface Test extends Node<'test'> {
  readonly value: Expression
  readonly name: string
  readonly arguments: Arguments
}

export interface Unary extends Node<'unary'> {
  readonly operator: '-' | '+' | 'not'
  readonly value: Expression
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'

export interface Binary extends Node<'binary'> {
  readonly operator: BinaryOperator | 'and' | 'or'
  readonly left: Expression
  readonly right: Expression
}

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

export interface Comparison extends Node<'comparison'> {
  readonly first: Expression
  readonly rest: readonly { readonly operator: ComparisonOperator; readonly value: Expression }[]
}

export interface Concatenation extends Node<'concatenation'> {
  readonly items: readonly Expression[]
}

export interface Condition extends Node<'condition'> {
  readonly test: Expression
  readonly value: Expression
  readonly otherwise: Expression | undefined
}

export type Target =
  | Name
  | (Node<'tuple'> & { readonly items: readonly Target[] })
  | (Node<'namespace'> & { readonly name: string; readonly attribute: string })

export type Body = readonly Statement[]

export interface Parameters {
  readonly names: readonly string[]
  /** Of the last parameters. */
  readonly defaults: readonly Expression[]
}

export type Statement =
  | (Node<'text'> & { readonly text: string })
  | (Node<'print'> & { readonly value: Expression })
  | If
  | For
  | (Node<'set'> & { readonly target: Target; readonly value: Expression })
  | (Node<'setBlock'> & { readonly target: Target; readonly filter: Filter | undefined; readonly body: Body })
  | Macro
  | CallBlock
  | (Node<'filterBlock'> & { readonly filter: Filter; readonly body: Body })
  | (Node<'with'> & {
      readonly targets: readonly Target[]
      readonly values: readonly Expression[]
      readonly body: Body
    })
  | (Node<'scope'> & { readonly body: Body; readonly isBlock: boolean })
  | (Node<'do'> & { readonly value: Expression })
  | Node<'break'>
  | Node<'continue'>
  | Tag

export interface If extends Node<'if'> {
  readonly branches: readonly { readonly test: Expression; readonly body: Body }[]
  readonly otherwise: Body | undefined
}

export interface For extends Node<'for'> {
  readonly target: Target
  readonly iterable: Expression
  readonly test: Expression | undefined
  readonly isRecursive: boolean
  readonly body: Body
  readonly otherwise: Body
}

export interface Macro extends Node<'macro'> {
  readonly name: string
  readonly parameters: Parameters
  readonly body: Body
}

export interface CallBlock extends Node<'callBlock'> {
  readonly call: Call
  readonly parameters: Parameters
  readonly body: Body
}

/** A statement that the caller of the package has defined. */
export interface Tag extends Node<'tag'> {
  readonly name: string
  readonly arguments: Arguments
  readonly body: Body | undefined
}

/** The expressions of a list of arguments, in the order of the text. */
export function argumentsOf(given: Arguments): Expression[] {
  return [
    ...given.positional,
    ...given.named.map(({ value }) => value),
    ...(given.rest ? [given.rest] : []),
    ...(given.namedRest ? [given.namedRest] : []),
  ]
}
