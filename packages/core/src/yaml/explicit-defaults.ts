import { isPlainObject, type JsonObject, type JsonValue } from '../json.ts'
import { pipelineType } from './file-shape.ts'

/**
 * `file` with what `written` says besides, in other words but with the same meaning: an empty list, the default of a
 * limit, a type with its package. So that an edit doesn't take it for a change.
 */
export function withExplicitDefaults(
  file: JsonObject,
  written: JsonObject,
  isSameType: (written: string, wanted: string) => boolean,
): JsonObject {
  const kept: Record<string, JsonValue> = { ...file }
  for (const key of ['metadata', 'components', 'connections', 'inputs', 'outputs']) {
    const old = written[key]
    if (old !== undefined && isEmpty(old) && isEmpty(file[key] ?? {})) kept[key] = old
  }
  if (isEmpty(kept['components'] ?? {}) && written['components'] === undefined) delete kept['components']
  if (file['maxRunsPerComponent'] === undefined && written['maxRunsPerComponent'] === 100) {
    kept['maxRunsPerComponent'] = 100
  }
  const [components, old] = [kept['components'], written['components']]
  if (isPlainObject(components) && isPlainObject(old)) {
    kept['components'] = Object.fromEntries(
      Object.entries(components as JsonObject).map(([name, entry]) => [
        name,
        Object.hasOwn(old, name)
          ? withWrittenEntry(entry as JsonObject, old[name] as JsonValue, isSameType)
          : entry,
      ]),
    )
  }
  return kept
}

function withWrittenEntry(
  entry: JsonObject,
  written: JsonValue,
  isSameType: (written: string, wanted: string) => boolean,
): JsonValue {
  if (!isPlainObject(written)) return entry
  const { type, initParameters } = written as JsonObject
  const keepsParameters =
    initParameters !== undefined && isEmpty(initParameters) && entry['initParameters'] === undefined
  return {
    ...entry,
    ...(typeof type === 'string' && isSameType(type, String(entry['type'])) ? { type } : {}),
    ...(keepsParameters ? { initParameters } : {}),
    ...withWrittenDefinition(entry, initParameters, isSameType),
  }
}

/** The same for a pipeline in the pipeline. */
function withWrittenDefinition(
  { type, initParameters }: JsonObject,
  written: JsonValue | undefined,
  isSameType: (written: string, wanted: string) => boolean,
): JsonObject {
  if (type !== pipelineType || !isPlainObject(initParameters) || !isPlainObject(written)) return {}
  const { definition, ...others } = initParameters as JsonObject
  const old = (written as JsonObject)['definition']
  if (!isPlainObject(definition) || !isPlainObject(old)) return {}
  const kept = withExplicitDefaults(definition as JsonObject, old as JsonObject, isSameType)
  return { initParameters: { definition: kept, ...others } }
}

function isEmpty(value: JsonValue): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
