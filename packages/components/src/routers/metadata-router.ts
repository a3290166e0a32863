import { type Component, type Document, type JsonObject, type Socket, t } from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { compileFilter, type DocumentFilter } from '../filters/filter.ts'

export interface MetadataRouterParameters<Name extends string = string> {
  /** Filters by the name of their output: { field, operator, value }, or { operator, conditions } of several. */
  readonly rules: { readonly [name in Name]: JsonObject }
}

type Routed<Name extends string> = { readonly [name in Name | 'unmatched']: readonly Document[] }

/**
 * Sends documents the way of their metadata. A document goes to each rule whose filter matches it; those without any leave
 * as `unmatched`. All outputs are always given, empty ones, too.
 *
 * @example
 * const router = new MetadataRouter({
 *   rules: { english: { field: 'meta.language', operator: '==', value: 'en' } },
 * })
 * router.run({ documents }).english
 */
export class MetadataRouter<const Name extends string> implements Component {
  static readonly type = 'MetadataRouter'
  static readonly description = 'Sends documents the way of their metadata, by filters.'
  static readonly parameters = t.object({
    /** Filters by the name of their output: { field, operator, value }, or { operator, conditions } of several. */
    rules: t.record(t.record(t.json()), {
      description:
        'Filters by the name of their output: { field, operator, value }, or { operator, conditions } of several.',
    }),
  })

  readonly initParameters: MetadataRouterParameters<Name>
  readonly inputs = {
    /** What is sent. */
    documents: t.array(t.document(), { description: 'What is sent.' }),
  }
  readonly outputs: { readonly [name in Name | 'unmatched']: Socket<readonly Document[]> }
  readonly #rules: readonly (readonly [name: string, matches: DocumentFilter])[]

  /** @throws ComponentsError `FILTER_INVALID` or `ROUTE_INVALID` */
  constructor(given: MetadataRouterParameters<Name>) {
    const parameters = readParameters(MetadataRouter, given)
    this.initParameters = parameters
    const names = Object.keys(parameters.rules)
    if (names.length === 0 || names.includes('unmatched')) {
      const problem =
        names.length === 0
          ? 'has no filter. Give one for each output: { english: { field, operator, value } }'
          : "has an output 'unmatched', which every MetadataRouter has"
      throw new ComponentsError('ROUTE_INVALID', `'rules' ${problem}.`, { option: 'rules' })
    }
    this.#rules = Object.entries(parameters.rules).map(([name, filter]) => [
      name,
      compileFilter(filter, `rules.${name}`),
    ])
    const socket = t.array(t.document())
    this.outputs = Object.fromEntries([...names, 'unmatched'].map((name) => [name, socket])) as never
  }

  /** @throws ComponentsError `FILTER_FAILED` */
  run({ documents }: { readonly documents: readonly Document[] }): Routed<Name> {
    const outputs: Record<string, Document[]> = Object.fromEntries(
      Object.keys(this.outputs).map((name) => [name, []]),
    )
    for (const document of documents) {
      const names = this.#rules.filter(([, matches]) => matches(document)).map(([name]) => name)
      for (const name of names.length === 0 ? ['unmatched'] : names) outputs[name]?.push(document)
    }
    return outputs as unknown as Routed<Name>
  }
}
