import { type OptionalSocket, t } from '@millrace/core'
import { typeNameSocket, type ValueNamed, type ValueTypeName } from '../value-types.ts'

/** What leaves a `ConditionalRouter` when a route is taken. */
export interface RouteOutput {
  /** A Jinja template, or the name of an input, which is passed on as it is. */
  readonly output: string
  /** The name of the output. Several routes may have one output, of one type. */
  readonly outputName: string
  readonly outputType: ValueTypeName
}

interface RouteCondition {
  /**
   * A Jinja template such as `{{ documents | length > 2 }}`, the name of an input, or a constant.
   *
   * @defaultValue the route is the default: it is taken when no other one is, and stands last
   */
  readonly condition?: string | boolean
}

/** One way through a `ConditionalRouter`: with one output, or with a list of them. */
export type Route = RouteCondition & (RouteOutput | { readonly outputs: readonly RouteOutput[] })

const output = {
  /** A Jinja template, or the name of an input, which is passed on as it is. */
  output: t.string({
    description: 'A Jinja template, or the name of an input, which is passed on as it is.',
  }),
  /** The name of the output. Several routes may have one output, of one type. */
  outputName: t.string({
    minLength: 1,
    description: 'The name of the output. Several routes may have one output, of one type.',
  }),
  outputType: typeNameSocket('The type of the output.'),
}

/** The declaration of `Route`. */
export const routeSocket = t.object({
  /**
   * A Jinja template such as "{{ documents | length > 2 }}", or the name of an input. The last route may go without:
   * it is the default.
   */
  condition: t.optional(t.union(t.string(), t.boolean()), {
    description:
      'A Jinja template such as "{{ documents | length > 2 }}", or the name of an input. The last route may go without: it is the default.',
  }),
  output: t.optional(output.output),
  outputName: t.optional(output.outputName),
  outputType: t.optional(output.outputType),
  /** In place of these three: several outputs, each with its `output`, `outputName` and `outputType`. */
  outputs: t.optional(t.array(t.object(output), { minItems: 1 }), {
    description:
      'In place of these three: several outputs, each with its `output`, `outputName` and `outputType`.',
  }),
})

type OutputIn<Each> = Each extends { readonly outputs: readonly (infer Output)[] } ? Output : Each

type NameIn<Output> = Output extends { readonly outputName: infer Name extends string } ? Name : never

type TypeOf<Output, Name> = Output extends {
  readonly outputName: Name
  readonly outputType: infer Type extends ValueTypeName
}
  ? Type
  : never

/** The sockets of the outputs of routes, of which a run leaves out those of the routes that it does not take. */
export type RouteOutputs<Routes extends readonly Route[]> = {
  readonly [Name in NameIn<OutputIn<Routes[number]>>]: OptionalSocket<
    ValueNamed<TypeOf<OutputIn<Routes[number]>, Name>>
  >
}
