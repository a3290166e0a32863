import type { ComponentClass } from '../component/component.ts'
import type { Registry } from '../component/registry.ts'
import { t } from '../component/t.ts'
import { PipelineComponent } from '../pipeline/as-component.ts'
import { schemaOf, schemaOfType } from '../schema/schema.ts'
import type { JsonSchema, SocketType } from '../schema/socket-type.ts'
import { pipelineType, shapeWithEnds, subPipelineShapeWith } from './file-shape.ts'

/** As `parsePath` reads an end; what the names are is for the loader to check. */
const END = '^[A-Za-z_][A-Za-z0-9_-]*\\..+$'
/** As `IncludedFiles` takes names. */
const FILE = '^(?![A-Za-z][A-Za-z0-9+.-]+://).*\\.ya?ml$'
/** A list of possible values must not be empty in JSON Schema. */
const NOTHING: JsonSchema = { not: {} }
const COMPONENT_NAME = '^(?!__proto__$)[A-Za-z_][A-Za-z0-9_-]*$'

/**
 * The JSON Schema (2020-12) of the files that this registry can load: the types, the parameters of each, and the keys
 * around them. With `# yaml-language-server: $schema=…` on the first line of a file an editor completes and checks it.
 */
export function pipelineSchema(registry: Registry): JsonSchema {
  const definitions = new Map<string, JsonSchema>()
  const shape = schemaOf(shapeWithEnds(t.string({ pattern: END })))
  const properties = shape['properties'] as Readonly<Record<string, JsonSchema>>
  const components = properties['components'] as JsonSchema
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Millrace pipeline',
    ...shape,
    properties: {
      ...properties,
      components: {
        ...components,
        propertyNames: { type: 'string', pattern: COMPONENT_NAME },
        additionalProperties: componentSchema(
          components['additionalProperties'] as JsonSchema,
          registry,
          definitions,
        ),
      },
    },
  }
  return definitions.size === 0 ? schema : { ...schema, $defs: Object.fromEntries(definitions) }
}

/** Any component, and for each type what its parameters are. */
function componentSchema(
  shape: JsonSchema,
  registry: Registry,
  definitions: Map<string, JsonSchema>,
): JsonSchema {
  const properties = shape['properties'] as Readonly<Record<string, JsonSchema>>
  const types: readonly (readonly [names: readonly string[], schema: JsonSchema])[] = [
    ...typesOf(registry).map(
      ({ names, declared }) => [names, parametersSchema(declared, registry, definitions)] as const,
    ),
    [[pipelineType], subPipelineSchema()],
  ]
  return {
    ...shape,
    properties: { ...properties, type: { ...properties['type'], enum: types.flatMap(([names]) => names) } },
    allOf: types.map(([names, schema]) => ({
      if: { type: 'object', properties: { type: { enum: names } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema.
      then: schema,
    })),
  }
}

/** A pipeline in the pipeline: its definition is what the whole schema says of a file. */
function subPipelineSchema(): JsonSchema {
  const shape = schemaOf(subPipelineShapeWith(t.string({ pattern: FILE }), t.string({ pattern: END })))
  const properties = shape['properties'] as Readonly<Record<string, JsonSchema>>
  const { type: _, additionalProperties: __, ...definition } = properties['definition'] as JsonSchema
  return {
    type: 'object',
    description: PipelineComponent.description,
    properties: {
      initParameters: {
        ...shape,
        properties: {
          ...properties,
          definition: { ...definition, $ref: '#' },
          outputs: { ...properties['outputs'], propertyNames: { type: 'string', pattern: END } },
        },
        oneOf: [{ required: ['file'] }, { required: ['definition'] }],
      },
    },
    required: ['initParameters'],
  }
}

interface RegisteredType {
  readonly declared: ComponentClass
  /** With its package, and alone where no other package has it. */
  readonly names: readonly string[]
}

function typesOf(registry: Registry): RegisteredType[] {
  return registry.packages.flatMap(({ name: owner, components }) =>
    components.map((declared) => {
      const qualified = `${owner}/${declared.type}`
      const short = registry.nameOf(declared) ?? qualified
      return { declared, names: [...new Set(short === pipelineType ? [qualified] : [short, qualified])] }
    }),
  )
}

function parametersSchema(
  { description, parameters = t.object({}) }: ComponentClass,
  registry: Registry,
  definitions: Map<string, JsonSchema>,
): JsonSchema {
  const schema = schemaOf(parameters, { named: (type) => namedSchema(type, registry, definitions) })
  const required = (schema['required'] as readonly string[] | undefined) ?? []
  // `initParameters:` with nothing behind it is null; it says that there are none.
  const initParameters = required.length > 0 ? schema : { anyOf: [schema, { type: 'null' }] }
  return {
    type: 'object',
    ...(description ? { description } : {}),
    properties: { initParameters },
    ...(required.length > 0 ? { required: ['initParameters'] } : {}),
  }
}

/** Callbacks and tools by the names that the registry knows; our data, such as messages, once for the whole schema. */
function namedSchema(
  type: Extract<SocketType, { readonly kind: 'named' }>,
  registry: Registry,
  definitions: Map<string, JsonSchema>,
): JsonSchema | undefined {
  const { packages } = registry
  if (type.name === 'Callback') {
    return namesSchema(packages.map(({ name, callbacks }) => [name, Object.keys(callbacks)]))
  }
  if (type.name === 'Tools') {
    return {
      type: 'array',
      items: namesSchema(packages.map(({ name, tools }) => [name, tools.map((tool) => tool.name)])),
    }
  }
  if (type.of?.kind !== 'object' && type.of?.kind !== 'union') return undefined
  if (!definitions.has(type.name)) {
    definitions.set(type.name, {})
    definitions.set(type.name, {
      title: type.name,
      ...schemaOfType(type.of, { named: (inner) => namedSchema(inner, registry, definitions) }),
    })
  }
  return { $ref: `#/$defs/${type.name}` }
}

/** Every name with its package, and alone where only one package has it. Without any, no value is right. */
function namesSchema(owners: readonly (readonly [owner: string, names: readonly string[]])[]): JsonSchema {
  const all = owners.flatMap(([, names]) => names)
  const names = owners.flatMap(([owner, own]) =>
    own.flatMap((name) => {
      const isAlone = all.indexOf(name) === all.lastIndexOf(name)
      return isAlone ? [name, `${owner}/${name}`] : [`${owner}/${name}`]
    }),
  )
  return names.length === 0 ? NOTHING : { type: 'string', enum: names }
}
