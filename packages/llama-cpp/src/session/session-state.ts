import { resolve } from 'node:path'
import { messageOf } from '@millrace/core/component'
import type { ContextSpec, Engine, ModelContext, WeightsSpec } from '../engines/engine.ts'
import { stateFingerprint } from './state-fingerprint.ts'
import { StateFolder } from './state-folder.ts'

/** What an open context was made of. */
export interface MadeOf {
  readonly engine: Engine['name']
  readonly weights: WeightsSpec
  readonly context: ContextSpec
}

/** The place in a folder for what the slots of such a context hold. A relative path starts at `baseDir`. */
export async function statePlace(
  folder: string,
  baseDir: string | undefined,
  made: MadeOf,
): Promise<StateFolder> {
  return new StateFolder(
    resolve(baseDir ?? '.', folder),
    await stateFingerprint(made.engine, made.weights, made.context),
  )
}

/** Whether the context can keep what its slots hold: those that embed or rank have nothing to keep. */
export function keepsState(context: object): context is Pick<ModelContext, 'saveState' | 'loadState'> {
  return 'saveState' in context && 'loadState' in context
}

/** Fills the slots with what was saved. What cannot be read is left, with a warning: it saves time and nothing else. */
export async function restoreState(
  place: StateFolder,
  context: Pick<ModelContext, 'saveState' | 'loadState'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await place.load(context, { signal })
  } catch (error) {
    if (!signal.aborted)
      warn('MILLRACE_STATE_IGNORED', `was not read, and the slots start empty`, place, error)
  }
}

/** Saves what the slots hold. A failure is a warning: nobody waits for it who could do something. */
export async function keepState(
  place: StateFolder,
  context: Pick<ModelContext, 'saveState' | 'loadState'>,
): Promise<void> {
  try {
    await place.save(context)
  } catch (error) {
    warn('MILLRACE_STATE_UNSAVED', 'was not saved', place, error)
  }
}

function warn(code: string, what: string, { path }: StateFolder, error: unknown): void {
  process.emitWarning(`The state in '${path}' ${what}: ${messageOf(error)}.`, { code })
}
