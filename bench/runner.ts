// What the runner costs for each component, beside a chain of awaits written by hand; then what it costs that values
// cannot be changed by others, beside the same components called by hand.
//
//   corepack pnpm bench runner
import {
  ChatMessage,
  type Component,
  Document,
  defineComponent,
  Pipeline,
  type Socket,
  t,
} from '@millrace/core'
import { bestOf, table } from './measure.ts'

const Step = defineComponent({
  type: 'Step',
  inputs: { value: t.unknown() },
  outputs: { value: t.unknown() },
  run: async ({ value }) => ({ value }),
})

const Gather = defineComponent({
  type: 'Gather',
  inputs: { values: t.variadic(t.unknown()) },
  outputs: { value: t.unknown() },
  run: async ({ values }) => ({ value: values.length }),
})

function chainOf(length: number): Pipeline {
  const names = Array.from({ length }, (_, index) => `step${index}`)
  const chain: Pipeline = new Pipeline(Object.fromEntries(names.map((name) => [name, new Step()])))
  for (let index = 1; index < length; index++) chain.connect(`step${index - 1}.value`, `step${index}.value`)
  return chain
}

function fanOf(width: number): Pipeline {
  const names = Array.from({ length: width }, (_, index) => `step${index}`)
  const fan: Pipeline = new Pipeline({
    first: new Step(),
    ...Object.fromEntries(names.map((name) => [name, new Step()])),
    last: new Gather(),
  })
  for (const name of names)
    fan.connect('first.value', `${name}.value`).connect(`${name}.value`, 'last.values')
  return fan
}

async function byHand(steps: readonly InstanceType<typeof Step>[]): Promise<unknown> {
  let values: { value: unknown } = { value: 1 }
  for (const step of steps) values = (await step.run(values)) as { value: unknown }
  return values
}

const chain100 = chainOf(100)
const steps100 = Array.from({ length: 100 }, () => new Step())
const hand = () => byHand(steps100)
const chained = () => chain100.run({ step0: { value: 1 } })

const perAwait = (await bestOf(hand, 2000)) / 100
const perChained = (await bestOf(chained, 2000)) / 100
const rows: [string, number, number][] = [
  ['100 awaits by hand', perAwait, 1],
  ['chain of 100 components', perChained, perChained / perAwait],
]
for (const [length, runs] of [
  [10, 5000],
  [1000, 200],
  [10000, 15],
] as const) {
  const chain = chainOf(length)
  const cost = (await bestOf(() => chain.run({ step0: { value: 1 } }), runs)) / length
  rows.push([`chain of ${length}`, cost, cost / perAwait])
}
const fan1000 = fanOf(1000)
const perFanned = (await bestOf(() => fan1000.run({ first: { value: 1 } }), 200)) / 1002
rows.push(['fan out to 1,000 and in again', perFanned, perFanned / perAwait])

console.log(table(['each component', 'microseconds', 'times an await'], rows))
console.log(`\nfan beside chain of 1,000: ${(perFanned / (rows[3]?.[1] ?? perFanned)).toFixed(2)}`)

// What a component gets is frozen. A caller's list is compared with the copy that was made of it before; what a component
// makes new is copied, and where it made a list of known objects, that list alone. So `the same` stands near the chain of
// numbers, and the others cost what the objects cost that they make: by hand nothing is copied or frozen. V8 needs 100
// times as long to slice a frozen list as another one; the runner adds next to nothing to that.
type Change = (list: readonly Document[]) => readonly unknown[]
const changes: [name: string, runs: number, change: Change][] = [
  ['the same', 100, (list) => list],
  ['a filter', 20, (list) => list.filter(({ content }) => content !== '')],
  ['a slice', 20, (list) => list.slice()],
  ['a copy of each', 3, (list) => list.map((one) => ({ ...one, score: 1 }))],
]
const documents = Array.from({ length: 1000 }, (_, index) =>
  Document.create({ content: `Document ${index}.`, meta: { page: index } }),
)
const objects = documents.map((one) => ({ ...one, meta: { ...one.meta } }))
const values = [
  ['messages', 'any', t.unknown(), [ChatMessage.user('What is the capital of France?')]],
  ['1,000 documents', 'any', t.unknown(), documents],
  ['1,000 documents', 'documents', t.array(t.document()), documents],
  ['1,000 objects', 'any', t.unknown(), objects],
  ['1,000 objects', 'documents', t.array(t.document()), objects],
] as const

const valueRows: [string, number, number, number][] = []
for (const [what, socketName, socket, value] of values) {
  for (const [name, runs, change] of value === documents ? changes : changes.slice(0, 1)) {
    const steps = stepsThat(change, socket as Socket<unknown>)
    const chain: Pipeline = new Pipeline(steps)
    for (let index = 1; index < 100; index++) chain.connect(`step${index - 1}.value`, `step${index}.value`)
    const perStep = (await bestOf(() => chain.run({ step0: { value } }), runs)) / 100
    const perCall = (await bestOf(() => callInTurn(Object.values(steps), value), runs)) / 100
    const label = `${what}, sockets of ${socketName}: ${name}`
    valueRows.push([label, perStep, perStep / perChained, perStep / perCall])
  }
}
console.log(`\n${table(['each of 100', 'microseconds', 'times numbers', 'times by hand'], valueRows)}`)

function stepsThat(change: Change, socket: Socket<unknown>): Record<string, Component> {
  const Changes = defineComponent({
    type: 'Changes',
    inputs: { value: socket },
    outputs: { value: socket },
    run: async ({ value }) => ({ value: change(value as readonly Document[]) }),
  })
  return Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`step${index}`, new Changes()]))
}

async function callInTurn(steps: readonly Component[], value: unknown): Promise<unknown> {
  let values: { value: unknown } = { value }
  for (const step of steps) values = (await step.run(values, {} as never)) as { value: unknown }
  return values
}
