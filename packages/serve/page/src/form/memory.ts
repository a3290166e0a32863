import type { Values } from '../wire.ts'

const PREFIX = 'millrace:inputs:'

/** The inputs of the last run, kept in this browser. */
export function rememberInputs(pipeline: string, inputs: Values): void {
  try {
    localStorage.setItem(PREFIX + pipeline, JSON.stringify(inputs))
  } catch {
    // Images may be larger than what a browser keeps: then the run still begins, and is not remembered.
  }
}

export function readInputs(pipeline: string): Values {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + pipeline) ?? '{}') as Values
  } catch {
    return {}
  }
}
