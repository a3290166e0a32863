import type { ComponentClass } from '../component/component.ts'
import type { NameTable } from '../component/name-table.ts'
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
  const shape = schemaOf(shapeWithEnds(t.string({ pattern: END })), { nullable: true })
  const properties = shape['properties'] as Readonly<Record<string, JsonSchema>>
  const components = presentOf(properties['components'])
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...shape,
    properties: {
      ...properties,
      components: {
        description: properties['components']?.['description'],
        anyOf: [
          {
            ...components,
            propertyNames: { type: 'string', pattern: COMPONENT_NAME },
            additionalProperties: componentSchema(
              components['additionalProperties'] as JsonSchema,
              registry,
              definitions,
            ),
          },
          { type: 'null' },
        ],
      },
    },
  }
  return definitions.size === 0 ? schema : { ...schema, $defs: Object.fromEntries(definitions) }
}

/** The schema of an optional key where it is not null. */
function presentOf(schema: JsonSchema | undefined): JsonSchema {
  return (schema?.['anyOf'] as readonly JsonSchema[] | undefined)?.[0] ?? schema ?? {}
}

/** The names of types, each with what it is: an editor shows that beside the name. */
function typeSchema(registry: Registry): readonly JsonSchema[] {
  const entries = registry.components
    .entries()
    .map(({ value, names }) => ({ description: value.description, names: names.filter(isNotBuiltIn) }))
  const short = entries.flatMap(({ description, names: [name] }) =>
    name === undefined ? [] : [described(name, description)],
  )
  const long = entries.flatMap(({ names }) => names.slice(1))
  return [
    ...short,
    described(pipelineType, PipelineComponent.description),
    ...(long.length === 0 ? [] : [{ enum: long, description: 'A type with the name of its package.' }]),
  ]
}

function described(name: string, description: string | undefined): JsonSchema {
  return { const: name, ...(description ? { description } : {}) }
}

/** Any component, and for each type what its parameters are. */
function componentSchema(
  shape: JsonSchema,
  registry: Registry,
  definitions: Map<string, JsonSchema>,
): JsonSchema {
  const properties = shape['properties'] as Readonly<Record<string, JsonSchema>>
  const types: readonly (readonly [names: readonly string[], schema: JsonSchema])[] = [
    ...registry.components
      .entries()
      .map(
        ({ value, names }) =>
          [names.filter(isNotBuiltIn), parametersSchema(value, registry, definitions)] as const,
      ),
    [[pipelineType], subPipelineSchema()],
  ]
  return {
    ...shape,
    properties: { ...properties, type: { ...properties['type'], anyOf: typeSchema(registry) } },
    allOf: types.map(([names, schema]) => ({
      if: { type: 'object', properties: { type: { enum: names } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema.
      then: schema,
    })),
  }
}

/** A pipeline in the pipeline: its definition is what the whole schema says of a file. */
function subPipelineSchema(): JsonSchema {
  const shape = schemaOf(subPipelineShapeWith(t.string({ pattern: FILE }), t.string({ pattern: END })), {
    nullable: true,
  })
  const properties = shape['properties'] as Readonly<Record<string, JsonSchema>>
  const description = properties['definition']?.['description']
  return {
    type: 'object',
    description: PipelineComponent.description,
    properties: {
      initParameters: {
        ...shape,
        properties: {
          ...properties,
          definition: { description, $ref: '#' },
          outputs: {
            description: properties['outputs']?.['description'],
            anyOf: [
              { ...presentOf(properties['outputs']), propertyNames: { type: 'string', pattern: END } },
              { type: 'null' },
            ],
          },
        },
        oneOf: [{ required: ['file'] }, { required: ['definition'] }],
      },
    },
    required: ['initParameters'],
  }
}

/** The short name of a pipeline in the pipeline is taken, whatever the registry has. */
function isNotBuiltIn(name: string): boolean {
  return name !== pipelineType
}

function parametersSchema(
  { description, parameters = t.object({}) }: ComponentClass,
  registry: Registry,
  definitions: Map<string, JsonSchema>,
): JsonSchema {
  const schema = schemaOf(parameters, {
    nullable: true,
    named: (type) => namedSchema(type, registry, definitions),
  })
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
  if (type.name === 'Callback') return namesSchema(registry.callbacks)
  if (type.name === 'Tools') return { type: 'array', items: namesSchema(registry.tools) }
  if (type.of?.kind !== 'object' && type.of?.kind !== 'union') return undefined
  if (!definitions.has(type.name)) {
    definitions.set(type.name, {})
    definitions.set(type.name, {
      title: type.name,
      ...schemaOfType(type.of, {
        nullable: true,
        named: (inner) => namedSchema(inner, registry, definitions),
      }),
    })
  }
  return { $ref: `#/$defs/${type.name}` }
}

/** Any name that finds a value. Without one, no value is right. */
function namesSchema(table: NameTable<unknown>): JsonSchema {
  const names = table.entries().flatMap((entry) => entry.names)
  return names.length === 0 ? NOTHING : { type: 'string', enum: names }
}
