/** A function within a template: it gets values, and the scope of its caller. */
export type RuntimeFunction = (args: readonly RuntimeValue[], scope: Scope) => RuntimeValue

/** What the library calls an environment: the variables of one block, and those around it. */
export interface Scope {
  /** Those of this block alone. */
  readonly variables: ReadonlyMap<string, RuntimeValue>
  /** Converts plain data to a value and declares it. */
  set(name: string, data: unknown): RuntimeValue
  setVariable(name: string, value: RuntimeValue): RuntimeValue
  /** The value, or an `UndefinedValue`. */
  lookupVariable(name: string): RuntimeValue
}

/** The values of `@huggingface/jinja` at run time. */
export type RuntimeValue =
  | { readonly type: 'StringValue'; readonly value: string }
  | { readonly type: 'IntegerValue' | 'FloatValue'; readonly value: number }
  | { readonly type: 'BooleanValue'; readonly value: boolean }
  | { readonly type: 'NullValue'; readonly value: null }
  | { readonly type: 'UndefinedValue'; readonly value: undefined }
  | RuntimeArray
  | RuntimeObject
  | { readonly type: 'FunctionValue'; readonly value: RuntimeFunction }

export type RuntimeArray = {
  readonly type: 'ArrayValue' | 'TupleValue'
  readonly value: readonly RuntimeValue[]
}

export type RuntimeObject = {
  readonly type: 'ObjectValue' | 'NamespaceValue' | 'KeywordArgumentsValue'
  readonly value: ReadonlyMap<string, RuntimeValue>
}

export function isArray(value: RuntimeValue): value is RuntimeArray {
  return value.type === 'ArrayValue' || value.type === 'TupleValue'
}

export function isObject(value: RuntimeValue): value is RuntimeObject {
  return (
    value.type === 'ObjectValue' || value.type === 'NamespaceValue' || value.type === 'KeywordArgumentsValue'
  )
}

/** What a value is, in the words of a message. */
export function kindOf(value: RuntimeValue): string {
  switch (value.type) {
    case 'StringValue':
      return 'a text'
    case 'IntegerValue':
    case 'FloatValue':
      return 'a number'
    case 'BooleanValue':
      return 'true or false'
    case 'NullValue':
      return 'none'
    case 'UndefinedValue':
      return 'nothing'
    case 'FunctionValue':
      return 'a function'
    case 'ArrayValue':
    case 'TupleValue':
      return 'a list'
    default:
      return 'an object'
  }
}
