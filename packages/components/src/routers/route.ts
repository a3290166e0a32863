import { type OptionalSocket, type Socket, t } from '@millrace/core'
import { typeNameSocket, type ValueNamed, type ValueTypeName } from '../value-types.ts'

/** One way through a `ConditionalRouter`. With lists, `output`, `outputName` and `outputType` are of equal length. */
export interface Route {
  /**
   * A Jinja template such as `{{ documents | length > 2 }}`, the name of an input, or a constant.
   *
   * @defaultValue the route is the default: it is taken when no other one is, and stands last
   */
  readonly condition?: string | boolean
  /** What leaves the router: a Jinja template, or the name of an input, which is passed on as it is. */
  readonly output: string | readonly string[]
  /** The name of the output. Several routes may have one output, of one type. */
  readonly outputName: string | readonly string[]
  readonly outputType: ValueTypeName | readonly ValueTypeName[]
}

function oneOrMore<T>(item: Socket<T>): Socket<T | readonly T[]> {
  return t.union(item, t.array(item, { minItems: 1 }))
}

/** The declaration of `Route`. */
export const routeSocket = t.object({
  condition: t.optional(t.union(t.string(), t.boolean()), {
    description:
      'A Jinja template such as "{{ documents | length > 2 }}", or the name of an input. The last route may go without: it is the default.',
  }),
  output: t.described(
    oneOrMore(t.string()),
    'A Jinja template, or the name of an input, which is passed on as it is. A list for several outputs.',
  ),
  outputName: t.described(
    oneOrMore(t.string({ minLength: 1 })),
    'The name of the output, or of each of them.',
  ),
  outputType: t.described(
    oneOrMore(typeNameSocket('The type.')),
    'The type of the output, or of each of them.',
  ),
})

type OneOf<Value> = Value extends readonly (infer Item)[] ? Item : Value

/** The type that an output of this name has in a route. */
type TypeIn<Each, Name> = Each extends { readonly outputName: infer Names; readonly outputType: infer Types }
  ? Names extends readonly unknown[]
    ? { [Index in keyof Names]: Names[Index] extends Name ? Types[Index & keyof Types] : never }[number]
    : Names extends Name
      ? Types
      : never
  : never

/** The sockets of the outputs of routes, of which a run leaves out those of the routes that it does not take. */
export type RouteOutputs<Routes extends readonly Route[]> = {
  readonly [Name in OneOf<Routes[number]['outputName']>]: OptionalSocket<
    ValueNamed<TypeIn<Routes[number], Name> & ValueTypeName>
  >
}
