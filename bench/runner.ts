// What the runner costs for each component, beside a chain of awaits written by hand.
//
//   corepack pnpm bench runner
import { ChatMessage, Document, defineComponent, Pipeline, t } from '@millrace/core'
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
// Inputs are copied and frozen once; what has been frozen passes from component to component as it is.
const message = [ChatMessage.user('What is the capital of France?')]
const documents = Array.from({ length: 1000 }, (_, index) =>
  Document.create({ content: `Document ${index}.`, meta: { page: index } }),
)
for (const [label, value, runs] of [
  ['chain of 100 with a list of messages', message, 2000],
  ['chain of 100 with a list of 1,000 documents', documents, 200],
] as const) {
  const cost = (await bestOf(() => chain100.run({ step0: { value } }), runs)) / 100
  rows.push([label, cost, cost / perAwait])
}
const fan1000 = fanOf(1000)
const perFanned = (await bestOf(() => fan1000.run({ first: { value: 1 } }), 200)) / 1002
rows.push(['fan out to 1,000 and in again', perFanned, perFanned / perAwait])

console.log(table(['each component', 'microseconds', 'times an await'], rows))
console.log(`\nfan beside chain of 1,000: ${(perFanned / (rows[3]?.[1] ?? perFanned)).toFixed(2)}`)
