import { isDeepStrictEqual } from 'node:util'
import { type Component, type ComponentClass, checkComponent, typeOf } from '../component/component.ts'
import { aloneContext } from '../component/run-context.ts'
import { t } from '../component/t.ts'
import { isJsonValue } from '../json.ts'
import { replaceHeld } from '../schema/named-values.ts'
import type { Sockets } from '../schema/socket.ts'
import { typeName } from '../schema/socket-type.ts'
import { checkType, checkValue } from '../schema/validate.ts'
import { messageOf } from '../text/show.ts'
import { check } from './check-failure.ts'
import { deepFreeze } from './deep-freeze.ts'
import { exampleInputs } from './example-values.ts'
import { resourcesMadeBy } from './resources-made-by.ts'
import { runInPipeline } from './run-in-pipeline.ts'

type Values = Readonly<Record<string, unknown>>

/** What the checks work with: a maker of fresh components, and the inputs to run them with. */
export interface Subject {
  readonly make: () => Component
  readonly inputs: readonly Values[] | undefined
}

/** What every component must do, by the sentence that says it. Each throws a `CheckFailure` when it does not. */
export const componentChecks = {
  'declares its type': declaresItsType,
  'has sockets for inputs and outputs': hasSockets,
  'touches nothing when it is made': touchesNothing,
  'is made again from its parameters as JSON': isMadeAgain,
  'accepts the parameters it was made with, and no others': validatesParameters,
  'gives only outputs that it declares, of their types': givesDeclaredOutputs,
  'does not change its inputs': leavesInputsAlone,
  'can be warmed up twice, and again after it was closed': warmsUpAgain,
  'ends when its signal is aborted': endsWhenAborted,
  'works in a pipeline that checks everything': worksInPipeline,
} as const satisfies Record<string, (subject: Subject) => void | Promise<void>>

export type ComponentCheckName = keyof typeof componentChecks

function declaresItsType({ make }: Subject): void {
  const { type } = classOf(make())
  check(
    typeof type === 'string' && type !== '',
    'The class has no static type: static readonly type = "MyComponent".',
  )
}

function hasSockets({ make }: Subject): void {
  const component = make()
  checkComponent('the component', component)
  for (const kind of ['inputs', 'outputs'] as const) {
    for (const name of Object.keys(component[kind])) {
      check(name !== '' && name !== '__proto__', `A socket among its ${kind} cannot be called '${name}'.`)
    }
  }
}

function touchesNothing({ make }: Subject): void {
  const made = resourcesMadeBy(make)
  check(made.length === 0, `Its constructor started something (${made.join(', ')}). Loading is for warmUp.`)
  const [first, second] = [make(), make()]
  check(first !== second, 'The function given to testComponent must make a new component each time.')
}

function isMadeAgain({ make }: Subject): void {
  const component = make()
  const { type } = classOf(component).parameters ?? t.object({})
  // A file has something else in the place of what they hold.
  const held: unknown[] = []
  const parameters = replaceHeld(type, parametersOf(component), (_, value) => held.push(value) - 1)
  check(isJsonValue(parameters), 'Its parameters are not JSON: a file could not hold them.')
  const copy = replaceHeld(type, JSON.parse(JSON.stringify(parameters)), (_, index) => held[index as number])
  const again = new (classOf(component))(copy)
  const others = replaceHeld(type, parametersOf(again), (_, value) => held.indexOf(value))
  check(
    isDeepStrictEqual(JSON.parse(JSON.stringify(others)), JSON.parse(JSON.stringify(parameters))),
    'Made again from its parameters, it has others. Keep them in initParameters exactly as given.',
  )
  for (const kind of ['inputs', 'outputs'] as const) {
    const [first, second] = [describe(component[kind]), describe(again[kind])]
    check(first === second, `Made again from its parameters, its ${kind} are ${second}, not ${first}.`)
  }
}

function validatesParameters({ make }: Subject): void {
  const component = make()
  const { parameters } = classOf(component)
  const given = component.initParameters ?? {}
  if (parameters === undefined) {
    check(
      Object.keys(given).length === 0,
      'It has parameters, but its class declares none: static readonly parameters.',
    )
    return
  }
  const [problem] = checkValue(parameters, given)
  check(
    problem === undefined,
    `It refuses its own parameters: ${problem?.path.join('.')} ${problem?.message}`,
  )
  const unknown = checkValue(parameters, { ...given, 'no such parameter': 1 })
  check(unknown.length > 0, 'It accepts a parameter that it does not have. Declare them with t.object.')
}

async function givesDeclaredOutputs(subject: Subject): Promise<void> {
  await withEach(subject, async (component, inputs) => {
    const outputs: unknown = await component.run(inputs, contextFor(component))
    check(typeof outputs === 'object' && outputs !== null, 'run must return an object, or a promise of one.')
    for (const [name, value] of Object.entries(outputs)) {
      if (value === undefined) continue
      const socket = Object.hasOwn(component.outputs, name) ? component.outputs[name] : undefined
      check(socket !== undefined, `run returned '${name}', which is not among its outputs.`)
      const [problem] = checkType(socket.type, value)
      check(problem === undefined, `run returned '${name}' (${typeName(socket.type)}): ${problem?.message}`)
    }
    for (const [name, { optional }] of Object.entries(component.outputs)) {
      const given = (outputs as Values)[name] !== undefined
      check(
        optional || given,
        `run left out '${name}'. An output that is not always given is declared with t.optional.`,
      )
    }
  })
}

async function leavesInputsAlone(subject: Subject): Promise<void> {
  await withEach(subject, async (component, inputs) => {
    try {
      await component.run(deepFreeze(inputs), contextFor(component))
    } catch (error) {
      check(false, `With inputs that cannot be changed, run threw: ${messageOf(error)}`)
    }
  })
}

async function warmsUpAgain(subject: Subject): Promise<void> {
  await withEach(subject, async (component, inputs) => {
    await component.warmUp?.()
    await component.close?.()
    await component.warmUp?.()
    await component.run(inputs, contextFor(component))
  })
}

async function endsWhenAborted(subject: Subject): Promise<void> {
  for (const when of ['before', 'during'] as const) {
    await withEach(subject, async (component, inputs) => {
      const controller = new AbortController()
      const reason = new DOMException('The check stopped it.', 'AbortError')
      if (when === 'before') controller.abort(reason)
      const running = (async () => component.run(inputs, contextFor(component, controller.signal)))()
      controller.abort(reason)
      const outcome = await running.then(
        () => reason,
        (error: unknown) => error,
      )
      check(
        outcome === reason,
        `Aborted ${when} its run, it rejected with ${String(outcome)}. It must give its outputs or the signal's reason, untouched.`,
      )
    })
  }
}

async function worksInPipeline(subject: Subject): Promise<void> {
  await withEach(subject, async (component, inputs) => {
    await runInPipeline(component, inputs)
  })
}

/** A fresh component that is ready, for each example; closed afterwards. */
async function withEach(
  { make, inputs }: Subject,
  body: (component: Component, inputs: Values) => Promise<void>,
): Promise<void> {
  for (const example of inputs ?? exampleInputs(make().inputs)) {
    const component = make()
    try {
      await component.warmUp?.()
      await body(component, example)
    } finally {
      await component.close?.()
    }
  }
}

function contextFor(component: Component, signal?: AbortSignal) {
  const context = aloneContext({ type: typeOf(component) })
  return signal === undefined ? context : { ...context, signal }
}

function classOf(component: Component): ComponentClass {
  return component.constructor as ComponentClass
}

function parametersOf(component: Component): object {
  return component.toJSON?.() ?? component.initParameters ?? {}
}

function describe(sockets: Sockets): string {
  const all = Object.entries(sockets).map(
    ([name, { type, receives, optional }]) => `${name}${optional ? '?' : ''}: ${receives} ${typeName(type)}`,
  )
  return `{ ${all.join(', ')} }`
}
