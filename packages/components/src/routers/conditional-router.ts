import { type Component, type ObjectOf, type Socket, type Sockets, t } from '@millrace/core'
import { listNames, readParameters, shorten } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { Condition } from '../templates/condition.ts'
import type { Values } from '../templates/prompt-template.ts'
import {
  checkInputs,
  type InputTypeParameters,
  inputSockets,
  inputTypeParameters,
  ValueTemplate,
} from '../templates/value-template.ts'
import { type Route, type RouteOutput, type RouteOutputs, routeSocket } from './route.ts'

export interface ConditionalRouterParameters<Routes extends readonly Route[] = readonly Route[]>
  extends InputTypeParameters {
  /** The ways. The first one whose condition is true is taken. */
  readonly routes: Routes
  /**
   * Variables that need not be given; they are undefined then.
   *
   * @defaultValue `[]`
   */
  readonly optionalVariables?: readonly string[]
}

interface CompiledRoute {
  /** Undefined for the default. */
  readonly condition: Condition | undefined
  /** As it was written, for messages. */
  readonly shown: string
  readonly outputs: readonly { readonly name: string; readonly template: ValueTemplate }[]
}

/**
 * Sends values one way or another: the first route whose condition is true gives its outputs, all other outputs are left
 * out, and the components behind them do not run. The last route may go without a condition. When no route applies, the
 * run fails with the values that it had.
 *
 * Conditions and outputs are Jinja templates, whose variables are the inputs, or names of inputs. An output is the value
 * of a single `{{ … }}`, such as a list of documents, and is checked against its type.
 *
 * @example
 * const router = new ConditionalRouter({
 *   routes: [
 *     { condition: '{{ documents | length > 0 }}', output: 'documents', outputName: 'found', outputType: 'documents' },
 *     { output: 'query', outputName: 'ask', outputType: 'string' },
 *   ],
 * })
 * router.run({ documents: [], query: 'Who is Ada?' }) // { ask: 'Who is Ada?' }
 */
export class ConditionalRouter<const Routes extends readonly Route[]> implements Component {
  static readonly type = 'ConditionalRouter'
  static readonly description = 'Sends values the way of the first route whose condition is true.'
  static readonly parameters = t.object({
    /** The ways. The first one whose condition is true is taken. */
    routes: t.array(routeSocket, {
      minItems: 1,
      description: 'The ways. The first one whose condition is true is taken.',
    }),
    /** Variables that need not be given; they are undefined then. */
    optionalVariables: t.optional(t.array(t.string()), {
      description: 'Variables that need not be given; they are undefined then.',
    }),
    ...inputTypeParameters,
  })

  readonly initParameters: ConditionalRouterParameters<Routes>
  readonly inputs: { readonly [variable: string]: Socket }
  readonly outputs: RouteOutputs<Routes>
  readonly #routes: readonly CompiledRoute[]

  /**
   * @throws ComponentsError `ROUTE_INVALID`, `VALUE_INVALID`, `TEMPLATE_SYNTAX`, `TEMPLATE_FORBIDDEN`, `TEMPLATE_INVALID` or
   * `TEMPLATE_VARIABLE_UNKNOWN`, with the parameter in `option`
   */
  constructor(given: ConditionalRouterParameters<Routes>) {
    const parameters = readParameters(ConditionalRouter, given)
    this.initParameters = parameters
    const { routes, optionalVariables } = parameters
    checkRoutes(routes)
    this.#routes = routes.map((route, index) => compileRoute(route, `routes[${index}]`))
    checkDefault(this.#routes)
    const templates = this.#routes.flatMap(({ outputs }) => outputs.map(({ template }) => template))
    const variables = this.#routes.flatMap(({ condition, outputs }) => [
      ...(condition?.variables ?? []),
      ...outputs.flatMap(({ template }) => template.variables),
    ])
    this.inputs = inputSockets(variables, templates, parameters, optionalVariables)
    this.outputs = outputSockets(this.#routes) as RouteOutputs<Routes>
  }

  /**
   * @throws ComponentsError `ROUTE_NOT_FOUND`, `VALUE_INVALID`, `TEMPLATE_FAILED`, `TEMPLATE_FORBIDDEN` or
   * `TEMPLATE_VARIABLE_MISSING`
   */
  run(inputs: Values): Partial<ObjectOf<RouteOutputs<Routes> & Sockets>> {
    checkInputs(ConditionalRouter.type, this.inputs, inputs)
    const route = this.#routes.find(({ condition }) => condition === undefined || condition.isTrue(inputs))
    if (route === undefined) throw noRoute(this.#routes, Object.keys(this.inputs), inputs)
    return Object.fromEntries(
      route.outputs.map(({ name, template }) => [name, template.value(inputs)]),
    ) as Partial<ObjectOf<RouteOutputs<Routes> & Sockets>>
  }
}

const outputKeys = ['output', 'outputName', 'outputType'] as const

function compileRoute(route: Route, option: string): CompiledRoute {
  const { condition } = route
  return {
    condition: condition === undefined ? undefined : new Condition(condition, `${option}.condition`),
    shown: String(condition),
    outputs: outputsOf(route, option).map(([{ output, outputName, outputType }, place]) => ({
      name: outputName,
      template: new ValueTemplate(output, outputType, `${place}.output`, `${place}.outputType`),
    })),
  }
}

/** For routers that are made in code: a file is checked before. */
function checkRoutes(routes: unknown): void {
  if (Array.isArray(routes) && routes.length > 0) return
  throw invalid(
    "'routes' must be a list with at least one route: { condition, output, outputName, outputType }.",
    'routes',
  )
}

/** The outputs of a route, each with its place in the parameters. */
function outputsOf(route: Route, option: string): (readonly [RouteOutput, string])[] {
  const given = outputKeys.filter((key) => (route as Partial<RouteOutput>)[key] !== undefined)
  if ('outputs' in route && given.length === 0) {
    const outputs = route.outputs.map((output, index) => [output, `${option}.outputs[${index}]`] as const)
    checkOutputs(outputs, `${option}.outputs`)
    return outputs
  }
  if ('outputs' in route) {
    throw invalid(`'${option}' has 'outputs' and ${listNames(given)}: put all of it into 'outputs'.`, option)
  }
  const missing = outputKeys.filter((key) => !given.includes(key))
  if (missing.length === 0) return [[route, option]]
  throw invalid(
    `'${option}' lacks ${listNames(missing)}. A route has 'output', 'outputName' and 'outputType', or a list of such as 'outputs'.`,
    option,
  )
}

/** Two outputs of one name would be one, which has the value of the last. */
function checkOutputs(outputs: readonly (readonly [RouteOutput, string])[], option: string): void {
  if (outputs.length === 0) {
    throw invalid(
      `'${option}' is empty: a route gives at least one { output, outputName, outputType }.`,
      option,
    )
  }
  const places = new Map<string, string>()
  for (const [{ outputName }, place] of outputs) {
    const before = places.get(outputName)
    if (before !== undefined) {
      throw invalid(
        `'${before}' and '${place}' are both called '${outputName}', and only one value can leave there. Give each output of a route a name of its own.`,
        `${place}.outputName`,
      )
    }
    places.set(outputName, place)
  }
}

function checkDefault(routes: readonly CompiledRoute[]): void {
  const index = routes.findIndex(({ condition }) => condition === undefined)
  if (index < 0 || index === routes.length - 1) return
  throw invalid(
    `'routes[${index}]' has no condition, so that it is always taken, and those behind it never are. Put it last, or give it a condition.`,
    `routes[${index}]`,
  )
}

function outputSockets(routes: readonly CompiledRoute[]): Sockets {
  const types = new Map<string, ValueTemplate>()
  for (const [index, { outputs }] of routes.entries()) {
    for (const { name, template } of outputs) {
      const before = types.get(name) ?? template
      if (before.type !== template.type) {
        throw invalid(
          `The output '${name}' is of type '${before.type}' in one route and '${template.type}' in another. Give it one type, or two names.`,
          `routes[${index}].outputType`,
        )
      }
      types.set(name, before)
    }
  }
  return Object.fromEntries([...types].map(([name, { socket }]) => [name, t.optional(socket)]))
}

function noRoute(
  routes: readonly CompiledRoute[],
  variables: readonly string[],
  values: Values,
): ComponentsError {
  const conditions = routes.map(({ shown }, index) => `\n  routes[${index}]: ${shown}`).join('')
  const given = variables.map((name) => `\n  ${name} = ${shownValue(values[name])}`).join('')
  return new ComponentsError(
    'ROUTE_NOT_FOUND',
    `No condition is true:${conditions}\nThe values:${given || ' none'}\nA last route without a condition is taken when no other one is.`,
    { option: 'routes' },
  )
}

function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  try {
    return shorten(JSON.stringify(value), 100)
  } catch {
    // It holds itself.
    return `a value that is not JSON`
  }
}

function invalid(message: string, option: string): ComponentsError {
  return new ComponentsError('ROUTE_INVALID', message, { option })
}
