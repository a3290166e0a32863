import type { Filter } from './filters.ts'
import { Environment } from './jinja.ts'
import { makeValue } from './make-value.ts'
import type { ParsedTemplate } from './parse-template.ts'
import { PlainData } from './plain-data.ts'
import type { RuntimeFunction, RuntimeValue } from './runtime-value.ts'
import { TemplateFailure } from './template-failure.ts'
import { TemplateInterpreter } from './template-interpreter.ts'
import { templateLimits, WorkBudget } from './work-budget.ts'

/** What a template gets besides its variables. Everything in it sees and gives plain data. */
export interface TemplateExtension {
  readonly filters?: Readonly<Record<string, (operand: unknown) => string>>
  readonly functions?: Readonly<Record<string, (call: TemplateCall) => string>>
}

export interface TemplateCall {
  readonly positional: readonly unknown[]
  readonly named: Readonly<Record<string, unknown>>
  /** Renders the block that the call stands in front of. */
  readonly body: () => string
}

/**
 * Renders a template. A variable without a value is missing, which is not an error here: it prints as nothing.
 *
 * @throws ComponentsError `TEMPLATE_FAILED` or `TEMPLATE_FORBIDDEN`
 */
export function renderTemplate(
  template: ParsedTemplate,
  values: Readonly<Record<string, unknown>>,
  extension: TemplateExtension = {},
): string {
  const data = new PlainData()
  const environment = new Environment()
  const filters = Object.entries(extension.filters ?? {}).map(
    ([name, filter]) => [name, asFilter(filter, data)] as const,
  )
  const interpreter = new TemplateInterpreter(
    template,
    environment,
    new WorkBudget(),
    Object.fromEntries(filters),
  )
  try {
    for (const [name, value] of Object.entries(constants())) environment.setVariable(name, value)
    for (const [name, run] of Object.entries(extension.functions ?? {})) {
      environment.setVariable(name, makeValue.function(asFunction(run, data)))
    }
    for (const name of template.variables) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      environment.setVariable(name, data.toValue(value, name))
    }
    return interpreter.run(template.program).value as string
  } catch (error) {
    throw template.source.locate(error, interpreter.offset)
  }
}

function constants(): Readonly<Record<string, RuntimeValue>> {
  return {
    true: makeValue.boolean(true),
    True: makeValue.boolean(true),
    false: makeValue.boolean(false),
    False: makeValue.boolean(false),
    none: makeValue.null(),
    None: makeValue.null(),
    range: makeValue.function(range),
    raise_exception: makeValue.function(raiseException),
  }
}

function asFilter(filter: (operand: unknown) => string, data: PlainData): Filter {
  return (operand) => makeValue.string(filter(data.toData(operand)))
}

function asFunction(run: (call: TemplateCall) => string, data: PlainData): RuntimeFunction {
  return (args, scope) => {
    const last = args.at(-1)
    const named = last?.type === 'KeywordArgumentsValue' ? last : undefined
    const positional = named === undefined ? args : args.slice(0, -1)
    const body = () => {
      const caller = scope.lookupVariable('caller')
      return caller.type === 'FunctionValue' ? (caller.value([], scope).value as string) : ''
    }
    return makeValue.string(
      run({
        positional: positional.map((value) => data.toData(value)),
        named: named === undefined ? {} : (data.toData(named) as Record<string, unknown>),
        body,
      }),
    )
  }
}

/** As Python's, but no longer than `templateLimits.rangeLength`; the library's would fill the memory. */
function range(args: readonly RuntimeValue[]): RuntimeValue {
  const numbers = args.map((value) => (value.type === 'IntegerValue' ? value.value : Number.NaN))
  if (numbers.length < 1 || numbers.length > 3 || numbers.some(Number.isNaN)) {
    throw new TemplateFailure(
      'TEMPLATE_FAILED',
      "'range' takes one to three whole numbers: start, stop and step.",
    )
  }
  const [start, stop, step] =
    numbers.length === 1 ? [0, numbers[0], 1] : [numbers[0], numbers[1], numbers[2] ?? 1]
  if (step === 0) throw new TemplateFailure('TEMPLATE_FAILED', "The step of 'range' is zero.")
  const count = Math.max(0, Math.ceil(((stop as number) - (start as number)) / (step as number)))
  if (count > templateLimits.rangeLength) {
    throw new TemplateFailure(
      'TEMPLATE_FAILED',
      `'range' gives at most ${templateLimits.rangeLength.toLocaleString('en')} numbers, not ${count.toLocaleString('en')}.`,
    )
  }
  return makeValue.array(
    Array.from({ length: count }, (_, index) =>
      makeValue.integer((start as number) + index * (step as number)),
    ),
  )
}

/** A template's own way to refuse its values. */
function raiseException(args: readonly RuntimeValue[]): RuntimeValue {
  const [message] = args
  throw new TemplateFailure(
    'TEMPLATE_FAILED',
    message?.type === 'StringValue' ? message.value : 'It refused its values.',
  )
}
