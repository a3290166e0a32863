import type { ComponentClass } from '../component/component.ts'
import { shapeFault } from '../component/holding/component-shape.ts'
import type { ResourceClass } from '../component/holding/resource.ts'
import type { NameTable } from '../component/name-table.ts'
import type { Registry } from '../component/registry.ts'
import { t } from '../component/t.ts'
import { isTool } from '../component/tool.ts'
import { isToolset } from '../component/toolset.ts'
import { PipelineComponent } from '../pipeline/as-component.ts'
import { type NamedType, schemaOf, schemaOfType } from '../schema/schema.ts'
import type { ComponentShape, JsonSchema } from '../schema/socket-type.ts'
import {
  heldPipelineShapeWith,
  heldShape,
  pipelineType,
  shapeWithEnds,
  subPipelineShapeWith,
} from './file-shape.ts'

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
      resources: resourcesSchema(properties['resources'], registry, definitions),
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

/** A type that may stand in a place: its names, the shortest first, and what an entry of it is. */
interface TypeSchema {
  readonly names: readonly string[]
  readonly description: string | undefined
  readonly schema: JsonSchema
}

function typeOf(
  { value, names }: { readonly value: Declared; readonly names: readonly string[] },
  registry: Registry,
  definitions: Map<string, JsonSchema>,
): TypeSchema {
  return {
    names: names.filter(isNotBuiltIn),
    description: value.description,
    schema: definedOnce(definitionName(names.at(-1) as string), definitions, () =>
      parametersSchema(value, registry, definitions),
    ),
  }
}

/** Of a type with its package, which may stand in several places. Not every editor finds what has a slash in its name. */
function definitionName(qualified: string): string {
  return qualified.replace(/[^A-Za-z0-9_-]/g, '.')
}

/** The names of types, each with what it is: an editor shows that beside the name. */
function namesOfTypes(types: readonly TypeSchema[]): readonly JsonSchema[] {
  const short = types.flatMap(({ description, names: [name] }) =>
    name === undefined ? [] : [described(name, description)],
  )
  const long = types.flatMap(({ names }) => names.slice(1))
  const all = long.length === 0 ? [] : [{ enum: long, description: 'A type with the name of its package.' }]
  return [...short, ...all]
}

function resourcesSchema(
  shape: JsonSchema | undefined,
  registry: Registry,
  definitions: Map<string, JsonSchema>,
): JsonSchema {
  const types = registry.resources.entries().map((entry) => typeOf(entry, registry, definitions))
  const present = presentOf(shape)
  const entry = present['additionalProperties'] as JsonSchema
  return {
    description: shape?.['description'],
    anyOf: [
      {
        ...present,
        propertyNames: { type: 'string', pattern: COMPONENT_NAME },
        additionalProperties: types.length === 0 ? NOTHING : withTypes(entry, types),
      },
      { type: 'null' },
    ],
  }
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
  return withTypes(shape, [
    ...registry.components.entries().map((entry) => typeOf(entry, registry, definitions)),
    { names: [pipelineType], description: PipelineComponent.description, schema: subPipelineSchema() },
  ])
}

/** An entry whose `type` is one of these, and which is as the schema of that says. */
function withTypes(shape: JsonSchema, types: readonly TypeSchema[]): JsonSchema {
  const properties = shape['properties'] as Readonly<Record<string, JsonSchema>>
  return {
    ...shape,
    properties: { ...properties, type: { ...properties['type'], anyOf: namesOfTypes(types) } },
    allOf: types.map(({ names, schema }) => ({
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

function heldPipelineSchema(): JsonSchema {
  const shape = schemaOf(heldPipelineShapeWith(t.string({ pattern: FILE })), { nullable: true })
  const properties = shape['properties'] as Readonly<Record<string, JsonSchema>>
  const description = properties['definition']?.['description']
  return {
    ...shape,
    properties: { ...properties, definition: { description, $ref: '#' } },
    oneOf: [{ required: ['file'] }, { required: ['definition'] }],
  }
}

/** The short name of a pipeline in the pipeline is taken, whatever the registry has. */
function isNotBuiltIn(name: string): boolean {
  return name !== pipelineType
}

type Declared = Pick<ComponentClass, 'description' | 'parameters'>

function parametersSchema(
  { description, parameters = t.object({}) }: Declared,
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

/**
 * Callbacks by the names that the registry knows, a resource by its name in the file; tools by either, and by their types;
 * components by their types, and our data, such as messages, once for the whole schema.
 */
function namedSchema(
  type: NamedType,
  registry: Registry,
  definitions: Map<string, JsonSchema>,
): JsonSchema | undefined {
  const { holds } = type
  switch (holds?.kind) {
    case 'callback':
      return namesSchema(registry.callbacks)
    case 'tool':
      return definedOnce(type.name, definitions, () => toolSchema(registry, definitions))
    case 'resource':
      return { type: 'string', description: `The name of a resource of this file: ${type.name}.` }
    case 'pipeline':
      return heldPipelineSchema()
    case 'component':
      return definedOnce(type.name, definitions, () => heldSchema(holds.shape, registry, definitions))
  }
  const { of } = type
  if (of?.kind !== 'object' && of?.kind !== 'union') return undefined
  return definedOnce(type.name, definitions, () => ({
    title: type.name,
    ...schemaOfType(of, { nullable: true, named: (inner) => namedSchema(inner, registry, definitions) }),
  }))
}

/** A reference to the schema of this name, which is made when the first one refers to it: it may refer to itself. */
function definedOnce(name: string, definitions: Map<string, JsonSchema>, make: () => JsonSchema): JsonSchema {
  if (!definitions.has(name)) {
    definitions.set(name, {})
    definitions.set(name, make())
  }
  return { $ref: `#/$defs/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}` }
}

/** A component in a parameter: of a type whose sockets fit, or whose sockets depend on its parameters. */
function heldSchema(
  shape: ComponentShape | undefined,
  registry: Registry,
  definitions: Map<string, JsonSchema>,
): JsonSchema {
  const types = registry.components
    .entries()
    .filter(({ value }) => mayFit(shape, value))
    .map((entry) => typeOf(entry, registry, definitions))
  return types.length === 0 ? NOTHING : withTypes(schemaOf(heldShape, { nullable: true }), types)
}

/** A tool: by the name of a registered one or of a resource, or in place. */
function toolSchema(registry: Registry, definitions: Map<string, JsonSchema>): JsonSchema {
  const types = registry.resources
    .entries()
    .filter(({ value }) => mayBeTool(value))
    .map((entry) => typeOf(entry, registry, definitions))
  const registered = namesSchema(registry.tools)
  if (types.length === 0) return registered
  return {
    anyOf: [
      registered,
      { type: 'string', description: 'The name of a resource of this file that is a tool or a toolset.' },
      withTypes(schemaOf(heldShape, { nullable: true }), types),
    ],
  }
}

/** Known of a class that can be made without parameters. */
function mayBeTool(type: ResourceClass): boolean {
  try {
    const made = type.parameters === undefined ? new type() : new type({})
    return isTool(made) || isToolset(made)
  } catch {
    return true
  }
}

/** Sockets are those of an instance: known where the type can be made without parameters. A constructor loads nothing. */
function mayFit(shape: ComponentShape | undefined, type: ComponentClass): boolean {
  try {
    return shapeFault(shape, type.parameters === undefined ? new type() : new type({})) === undefined
  } catch {
    return true
  }
}

/** Any name that finds a value. Without one, no value is right. */
function namesSchema(table: NameTable<unknown>): JsonSchema {
  const names = table.entries().flatMap((entry) => entry.names)
  return names.length === 0 ? NOTHING : { type: 'string', enum: names }
}
