import { DefinitionError } from '../errors.ts'
import { isPlainObject } from '../json.ts'
import { describeValue, messageOf } from '../text/show.ts'
import { isJsonSchema } from './keywords.ts'
import { schemaOf } from './schema.ts'
import { isSocket, type Socket } from './socket.ts'
import type { JsonSchema } from './socket-type.ts'
import type { ValueProblem } from './validate.ts'

/**
 * A schema of another library that implements Standard Schema and Standard JSON Schema (standardschema.dev), such as zod
 * from 4.2 on or arktype; valibot's go through `toStandardJsonSchema` of `@valibot/to-json-schema`.
 */
export interface StandardSchema<out Value = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly types?: { readonly input: unknown; readonly output: Value } | undefined
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>
    readonly jsonSchema: { readonly input: (options: { readonly target: string }) => Record<string, unknown> }
  }
}

type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Also one that lacks a JSON Schema, which `jsonSchemaOf` says. Schemas of some libraries are functions. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if (value === null || !['object', 'function'].includes(typeof value)) return false
  const { '~standard': standard } = value as Partial<StandardSchema>
  return typeof standard?.validate === 'function'
}

/**
 * The JSON Schema of what a schema takes: one made with `t`, one of another library, or a JSON Schema, which stays as it
 * is. For parameters that are JSON, such as `generationKwargs.responseFormat.schema` and the `jsonSchema` of components.
 *
 * @example
 * new JsonSchemaValidator({ jsonSchema: jsonSchemaOf(z.object({ name: z.string() })) })
 *
 * @throws DefinitionError `SOCKET_INVALID` for a schema that has no JSON Schema, with the reason
 */
export function jsonSchemaOf(schema: Socket | StandardSchema | JsonSchema): JsonSchema {
  if (isSocket(schema)) return schemaOf(schema)
  if (!isStandardSchema(schema)) {
    if (isPlainObject(schema) && isJsonSchema(schema)) return schema
    throw new DefinitionError(
      'SOCKET_INVALID',
      `${describeValue(schema)} is not a schema: a schema is made with t or another library, or is a JSON Schema, as in { type: 'object', properties: { … } }.`,
    )
  }
  const { vendor, jsonSchema } = schema['~standard']
  if (typeof jsonSchema?.input !== 'function') {
    throw new DefinitionError(
      'SOCKET_INVALID',
      `this schema of ${vendor} implements Standard Schema, but no Standard JSON Schema. Newer versions of the library may, or a package beside it; a JSON Schema is taken, too.`,
    )
  }
  try {
    return withoutDraft(inDraft('draft-2020-12') ?? inDraft('draft-07', true))
  } catch (cause) {
    throw new DefinitionError(
      'SOCKET_INVALID',
      `this schema of ${vendor} has no JSON Schema: ${messageOf(cause)}`,
      { cause },
    )
  }

  /** Libraries throw for a draft that they do not know, and for what no draft can say. */
  function inDraft(target: string): Record<string, unknown> | undefined
  function inDraft(target: string, isLast: true): Record<string, unknown>
  function inDraft(target: string, isLast = false): Record<string, unknown> | undefined {
    try {
      return jsonSchema.input({ target })
    } catch (error) {
      if (isLast) throw error
      return undefined
    }
  }
}

/** Models read the schemas of tools: the draft that is meant anyway only takes their attention. */
function withoutDraft(schema: Record<string, unknown>): JsonSchema {
  const { $schema, ...others } = schema
  return typeof $schema === 'string' && $schema.includes('2020-12') ? others : schema
}

/** The value as the library makes it, with its defaults and transformations, or what it finds wrong with it. */
export async function validateStandard(
  schema: StandardSchema,
  value: unknown,
): Promise<{ readonly value: unknown } | { readonly problems: readonly ValueProblem[] }> {
  const result = await schema['~standard'].validate(value)
  if (result.issues === undefined) return { value: result.value }
  return {
    problems: result.issues.map(({ message, path = [] }) => ({
      path: path.map((segment) => {
        const key = typeof segment === 'object' ? segment.key : segment
        return typeof key === 'number' ? key : String(key)
      }),
      message,
    })),
  }
}
