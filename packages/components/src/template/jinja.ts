import * as library from '@huggingface/jinja'
import type { Body, ProgramNode, TemplateNode } from './node.ts'
import type { RuntimeValue, Scope } from './runtime-value.ts'
import type { Token } from './token.ts'

// The type declarations of @huggingface/jinja 0.5.11 import their parts without file extensions, so that under
// `nodenext` everything in them is `any`. These are the parts that we use, as they are in its source.

export interface Interpreter {
  run(program: ProgramNode): RuntimeValue
  /** Everything that is evaluated passes through here, from within the library too. */
  evaluate(node: TemplateNode | undefined, environment: Scope): RuntimeValue
  /** Evaluates what is between two tags, and gives what it prints. Private by its declaration. */
  evaluateBlock(body: Body, environment: Scope): RuntimeValue
}

export const Environment = library.Environment as unknown as new (parent?: Scope) => Scope

export const Interpreter = library.Interpreter as unknown as new (environment: Scope) => Interpreter

/** @throws SyntaxError, Error or TypeError, all without a position */
export const parse = library.parse as unknown as (tokens: readonly Token[]) => ProgramNode
