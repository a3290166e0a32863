import { CliError } from '../errors.ts'

/** `--n-ctx` and `--mmproj`, as they were written: what a pipeline file says of its model itself. */
export interface ModelSettingsOptions {
  readonly nCtx?: string
  readonly mmproj?: string
}

/** What belongs to a model that stands in the place of a pipeline file. */
export interface ModelSettings {
  readonly nCtx?: number
  readonly mmproj?: string
}

/** @throws CliError `USAGE_INVALID` for what is not a number of tokens */
export function parseModelSettings({ nCtx, mmproj }: ModelSettingsOptions): ModelSettings {
  if (nCtx !== undefined && !/^\d{1,9}$/.test(nCtx)) {
    const message = `--n-ctx takes a number of tokens, as in --n-ctx 8192, not '${nCtx}'.`
    throw new CliError('USAGE_INVALID', message)
  }
  return {
    ...(nCtx === undefined ? {} : { nCtx: Number(nCtx) }),
    ...(mmproj === undefined ? {} : { mmproj }),
  }
}
