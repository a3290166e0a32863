import type { JsonObject, JsonSchema } from '@millrace/core'
import { isJsonObject } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import type { ToolDescription } from './chat-request.ts'

/** Why a template does not render tools; undefined where it does. */
export type ToolsFailure = (tools: readonly ToolDescription[]) => string | undefined

/**
 * A tool as a template can print it: as it is, or with what it cannot do without and means nothing: an empty description,
 * no parameters, an object that may have any keys.
 *
 * @throws LlamaCppError `OPTION_UNSUPPORTED` that names the tool and the parameter which it cannot print
 */
export function printableTool(tool: ToolDescription, failure: ToolsFailure): ToolDescription {
  if (failure([tool]) === undefined || failure([]) !== undefined) return tool
  const full = { ...tool, parameters: filled(tool.parameters, true) }
  const reason = failure([full])
  if (reason === undefined) return full
  throw unprintable(full, reason, failure)
}

function filled(schema: JsonSchema, isRoot = false): JsonSchema {
  if (!isJsonObject(schema)) return schema
  const { type, items, properties, additionalProperties } = schema
  const inner = Object.entries(isJsonObject(properties) ? properties : {}).map(([key, value]) => [
    key,
    filled(value as JsonSchema),
  ])
  return {
    ...(isRoot ? {} : { description: '' }),
    ...schema,
    ...(isRoot || properties !== undefined ? { properties: Object.fromEntries(inner) as JsonObject } : {}),
    ...(type === 'object' && additionalProperties === undefined ? { additionalProperties: true } : {}),
    ...(isJsonObject(items) ? { items: filled(items as JsonSchema) } : {}),
  } as JsonSchema
}

function unprintable(tool: ToolDescription, reason: string, failure: ToolsFailure): LlamaCppError {
  const { properties } = tool.parameters as { readonly properties: JsonObject }
  const parameter = Object.entries(properties).find(
    ([key, value]) =>
      failure([{ ...tool, parameters: { type: 'object', properties: { [key]: value } } }]) !== undefined,
  )
  const place = parameter ? ` with its parameter '${parameter[0]}'` : ''
  return new LlamaCppError(
    'OPTION_UNSUPPORTED',
    `The chat template of the model cannot print the tool '${tool.name}'${place}: ${reason}. Such templates know parameters of one type, and none of the type 'null'. Describe it otherwise, or give another template as modelKwargs.chatTemplate.`,
    { option: 'tools' },
  )
}
