import { LlamaCppError } from '../../errors.ts'
import type { Engine } from '../engine.ts'
import { recordedEngine } from './recorded-engine.ts'

/** Engines by what they record or replay: components share a load, and a sequence of answers, only through one object. */
const recordedEngines = new WeakMap<Engine, Map<string, Engine>>()

/**
 * The engine; or, where the environment variable `MILLRACE_RECORD` is `record:FOLDER` or `replay:FOLDER`, the one that
 * records what it answers or answers in its place.
 *
 * @throws LlamaCppError `OPTION_INVALID` for another value of the variable
 */
export function recordedByEnvironment(
  engine: Engine,
  variable: string | undefined = process.env['MILLRACE_RECORD'],
): Engine {
  if (variable === undefined || variable === '') return engine
  const [, mode, folder] = /^(record|replay):(.+)$/s.exec(variable) ?? []
  if (folder === undefined || (mode !== 'record' && mode !== 'replay')) {
    throw new LlamaCppError(
      'OPTION_INVALID',
      `The environment variable 'MILLRACE_RECORD' is '${variable}'. Set it to 'record:FOLDER' to write down what models answer, to 'replay:FOLDER' to answer from there, or to nothing.`,
      { option: 'MILLRACE_RECORD' },
    )
  }
  const ofEngine = recordedEngines.get(engine) ?? new Map<string, Engine>()
  recordedEngines.set(engine, ofEngine)
  const present = ofEngine.get(variable) ?? recordedEngine({ folder, mode, engine })
  ofEngine.set(variable, present)
  return present
}
