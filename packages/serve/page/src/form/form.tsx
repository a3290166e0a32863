import { useEffect, useRef, useState } from 'preact/hooks'
import { AsCurl } from '../parts/curl.tsx'
import type { Runner } from '../run/runner.ts'
import type { Details, InputPort, Json, Values } from '../wire.ts'
import { Field } from './field.tsx'
import { type Entry, emptyEntry, enteredValue, entryOf, isFilled } from './fields.ts'
import { readInputs, rememberInputs } from './memory.ts'

type Entries = Readonly<Record<string, Entry>>

/** The inputs of a pipeline, as a form that runs it. */
export function Form({ details, runner }: { readonly details: Details; readonly runner: Runner }) {
  const { inputs } = details
  const [entries, setEntries] = useState<Entries>(() => startOf(inputs, readInputs(details.name)))
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const form = useRef<HTMLFormElement>(null)
  const shown = useRef(runner.inputs)

  // "Run again" in the list of runs: what that run was given.
  useEffect(() => {
    if (runner.inputs === shown.current) return
    shown.current = runner.inputs
    setEntries(startOf(inputs, flat(runner.inputs)))
  }, [runner.inputs, inputs])

  const first = inputs.filter(isImportant)
  const more = inputs.filter((input) => !isImportant(input))

  const run = (event?: Event) => {
    event?.preventDefault()
    if (runner.isGoingOn) return
    const { values, wrong } = readEntries(inputs, entries)
    setProblems(wrong)
    const [name] = Object.keys(wrong)
    if (name !== undefined) {
      form.current?.querySelector<HTMLElement>(`[data-input="${CSS.escape(name)}"]`)?.focus()
      return
    }
    rememberInputs(details.name, values)
    shown.current = values
    void runner.start(values)
  }

  const field = (input: InputPort) => (
    <Field
      key={input.name}
      input={input}
      entry={entries[input.name] ?? emptyEntry(input)}
      problem={problems[input.name]}
      onChange={(entry) => {
        setEntries((before) => ({ ...before, [input.name]: entry }))
        setProblems(({ [input.name]: _, ...rest }) => rest)
      }}
    />
  )

  return (
    <form
      ref={form}
      class="card form"
      onSubmit={run}
      noValidate
      aria-label="Inputs"
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run(event)
      }}
    >
      <h3>Inputs</h3>
      {inputs.length === 0 && <p class="quiet">This pipeline takes no inputs.</p>}
      {first.map(field)}
      {more.length > 0 && (
        <details class="more">
          <summary>
            {more.length} more {more.length === 1 ? 'input' : 'inputs'}
          </summary>
          {more.map(field)}
        </details>
      )}
      <div class="actions">
        {runner.isGoingOn ? (
          <button type="button" class="stop" onClick={() => runner.stop()}>
            Stop <kbd>Esc</kbd>
          </button>
        ) : (
          <button type="submit" class="primary">
            {runner.view ? 'Run again' : 'Run'} <kbd>Ctrl ⏎</kbd>
          </button>
        )}
      </div>
      <AsCurl pipeline={details.name} values={readEntries(inputs, entries).values} />
    </form>
  )
}

/** What a caller has to give, what the pipeline has a name of its own for, and what callers mostly give. */
function isImportant({ mandatory, name, path }: InputPort): boolean {
  const isNamed = name !== path && !path.endsWith(`.${name}`)
  return mandatory || isNamed || /^(question|query|messages|text|prompt|documents)$/.test(name)
}

/** What was entered, and what is wrong with it, by the names of the inputs. */
function readEntries(inputs: readonly InputPort[], entries: Entries) {
  const values: Record<string, Json> = {}
  const wrong: Record<string, string> = {}
  for (const input of inputs) {
    const entry = entries[input.name] ?? emptyEntry(input)
    if (!isFilled(entry)) {
      if (input.mandatory) wrong[input.name] = 'This is needed.'
      continue
    }
    try {
      values[input.name] = enteredValue(entry, input)
    } catch (error) {
      wrong[input.name] = (error as Error).message
    }
  }
  return { values, wrong }
}

function startOf(inputs: readonly InputPort[], values: Values): Entries {
  return Object.fromEntries(
    inputs.map((input) => {
      const value = values[input.name] ?? values[input.path]
      return [input.name, value === undefined ? emptyEntry(input) : entryOf(input, value)]
    }),
  )
}

/** Inputs by name, and those by component as paths. */
function flat(inputs: Values): Values {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]): [string, Json][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? [
            [name, value],
            ...Object.entries(value).map(([socket, one]): [string, Json] => [`${name}.${socket}`, one]),
          ]
        : [[name, value]],
    ),
  )
}
