import { Environment } from './jinja.ts'
import type { RuntimeFunction, RuntimeValue } from './runtime-value.ts'

/** The library does not export the classes of its values, but the value of an example has its class. */
function classOf<Content>(example: unknown): new (content: Content) => RuntimeValue {
  const value = new Environment().set('example', example)
  return value.constructor as unknown as new (
    content: Content,
  ) => RuntimeValue
}

const StringValue = classOf<string>('')
const IntegerValue = classOf<number>(0)
const FloatValue = classOf<number>(0.5)
const BooleanValue = classOf<boolean>(true)
const NullValue = classOf<null>(null)
const UndefinedValue = classOf<undefined>(undefined)
const ArrayValue = classOf<readonly RuntimeValue[]>([])
const ObjectValue = classOf<ReadonlyMap<string, RuntimeValue>>({})
const FunctionValue = classOf<RuntimeFunction>(() => null)

export const makeValue = {
  string: (text: string): RuntimeValue => new StringValue(text),
  integer: (number: number): RuntimeValue => new IntegerValue(number),
  float: (number: number): RuntimeValue => new FloatValue(number),
  number: (number: number): RuntimeValue =>
    Number.isInteger(number) ? new IntegerValue(number) : new FloatValue(number),
  boolean: (boolean: boolean): RuntimeValue => new BooleanValue(boolean),
  null: (): RuntimeValue => new NullValue(null),
  undefined: (): RuntimeValue => new UndefinedValue(undefined),
  array: (items: readonly RuntimeValue[]): RuntimeValue => new ArrayValue(items),
  object: (entries: ReadonlyMap<string, RuntimeValue>): RuntimeValue => new ObjectValue(entries),
  function: (run: RuntimeFunction): RuntimeValue => new FunctionValue(run),
} as const
