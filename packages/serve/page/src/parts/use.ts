import { useCallback, useEffect, useState } from 'preact/hooks'
import { type Runner, runnerOf } from '../run/runner.ts'

/** The run of a pipeline; what uses it is drawn again when that changes. */
export function useRunner(pipeline: string): Runner {
  const runner = runnerOf(pipeline)
  const [, setCount] = useState(0)
  useEffect(() => runner.subscribe(() => setCount((count) => count + 1)), [runner])
  return runner
}

export interface Loaded<T> {
  readonly value: T | undefined
  readonly error: string | undefined
  readonly reload: () => void
}

/** What the server gives, asked for again when one of `about` changes. The old value stays until the new one is there. */
export function useLoaded<T>(load: () => Promise<T>, about: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ key?: string; value?: T; error?: string }>({})
  const [count, setCount] = useState(0)
  const key = JSON.stringify(about)
  useEffect(() => {
    let isCurrent = true
    load().then(
      (value) => isCurrent && setState({ key, value }),
      (error: Error) => isCurrent && setState({ key, error: error.message }),
    )
    return () => {
      isCurrent = false
    }
  }, [key, count])
  const reload = useCallback(() => setCount((before) => before + 1), [])
  const isOther = about[0] !== (state.key === undefined ? undefined : (JSON.parse(state.key) as unknown[])[0])
  return { value: isOther ? undefined : state.value, error: isOther ? undefined : state.error, reload }
}
