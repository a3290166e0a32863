import type { RuntimeValue } from './runtime-value.ts'

type NamedArgument = {
  readonly type: 'KeywordArgumentExpression'
  readonly key: { readonly value: string }
  readonly value: TemplateNode
}

export type CallNode = {
  readonly type: 'CallExpression'
  readonly callee: TemplateNode
  readonly args: readonly TemplateNode[]
}

export type IdentifierNode = { readonly type: 'Identifier'; readonly value: string }

export type FilterNode = {
  readonly type: 'FilterExpression'
  readonly operand: TemplateNode
  readonly filter: IdentifierNode | CallNode
}

export type FilterStatementNode = {
  readonly type: 'FilterStatement'
  readonly filter: IdentifierNode | CallNode
  readonly body: Body
}

export type ForNode = {
  readonly type: 'For'
  readonly loopvar: TemplateNode
  readonly iterable: TemplateNode
  readonly body: Body
  readonly defaultBlock: Body
}

export type MemberNode = {
  readonly type: 'MemberExpression'
  readonly object: TemplateNode
  readonly property: TemplateNode
  readonly computed: boolean
}

export type BinaryNode = {
  readonly type: 'BinaryExpression'
  readonly operator: { readonly value: string }
  readonly left: TemplateNode
  readonly right: TemplateNode
}

export type Body = readonly TemplateNode[]

/**
 * The tree that `parse` of `@huggingface/jinja` makes, `Held` is ours: it stands for an operand that has been evaluated already.
 */
export type TemplateNode =
  | { readonly type: 'Program'; readonly body: Body }
  | { readonly type: 'If'; readonly test: TemplateNode; readonly body: Body; readonly alternate: Body }
  | ForNode
  | {
      readonly type: 'Set'
      readonly assignee: TemplateNode
      readonly value: TemplateNode | null
      readonly body: Body
    }
  | {
      readonly type: 'Macro'
      readonly name: IdentifierNode
      readonly args: readonly TemplateNode[]
      readonly body: Body
    }
  | {
      readonly type: 'CallStatement'
      readonly call: CallNode
      readonly callerArgs: readonly TemplateNode[] | null
      readonly body: Body
    }
  | FilterStatementNode
  | { readonly type: 'Break' | 'Continue' }
  | IdentifierNode
  | { readonly type: 'StringLiteral'; readonly value: string }
  | { readonly type: 'IntegerLiteral' | 'FloatLiteral'; readonly value: number }
  | { readonly type: 'ArrayLiteral' | 'TupleLiteral'; readonly value: readonly TemplateNode[] }
  | { readonly type: 'ObjectLiteral'; readonly value: ReadonlyMap<TemplateNode, TemplateNode> }
  | BinaryNode
  | { readonly type: 'UnaryExpression'; readonly argument: TemplateNode }
  | FilterNode
  | {
      readonly type: 'TestExpression'
      readonly operand: TemplateNode
      readonly negate: boolean
      readonly test: IdentifierNode
    }
  | { readonly type: 'SelectExpression'; readonly lhs: TemplateNode; readonly test: TemplateNode }
  | {
      readonly type: 'Ternary'
      readonly condition: TemplateNode
      readonly trueExpr: TemplateNode
      readonly falseExpr: TemplateNode
    }
  | MemberNode
  | {
      readonly type: 'SliceExpression'
      readonly start?: TemplateNode | undefined
      readonly stop?: TemplateNode | undefined
      readonly step?: TemplateNode | undefined
    }
  | CallNode
  | NamedArgument
  | { readonly type: 'SpreadExpression' | 'KeywordSpreadExpression'; readonly argument: TemplateNode }
  | { readonly type: 'Held'; readonly value: RuntimeValue }

export type ProgramNode = Extract<TemplateNode, { readonly type: 'Program' }>

/** Every node directly below a node, in the order of the text. */
export function childrenOf(node: TemplateNode): TemplateNode[] {
  return Object.values(node).flatMap(nodesIn)
}

function nodesIn(value: unknown): TemplateNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  if (value instanceof Map) return [...value].flat().flatMap(nodesIn)
  return isNode(value) ? [value] : []
}

/** A token in the tree, such as the operator of an expression, has a type too, and an offset. */
function isNode(value: unknown): value is TemplateNode {
  return typeof value === 'object' && value !== null && 'type' in value && !('offset' in value)
}
