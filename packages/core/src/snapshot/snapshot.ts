import { type Question, question } from '../component/pause.ts'
import { t } from '../component/t.ts'
import type { Plan } from '../graph/plan.ts'
import { schemaOf } from '../schema/schema.ts'
import type { ValueOf } from '../schema/socket.ts'
import type { JsonSchema } from '../schema/socket-type.ts'

export const runWarning = t.object({
  code: t.string(),
  component: t.string(),
  message: t.string(),
})

/** A value that is not JSON is left out, with the type of its socket. */
const savedValue = t.union(t.object({ value: t.json() }), t.object({ omitted: t.string() }))
const savedByName = t.record(savedValue)
/** Visits are counted in 32 bits. */
const MOST_VISITS = 2 ** 32 - 1
const visit = t.integer({ minimum: 1, maximum: MOST_VISITS, description: 'From 1.' })

/** A value as a snapshot holds it. */
export type SavedValue = ValueOf<typeof savedValue>

const pendingVisit = t.object({
  component: t.string(),
  visit,
  eager: t.boolean(),
  inputs: savedByName,
  state: t.optional(t.json(), { description: 'What the visit kept when it paused.' }),
  questions: t.optional(t.array(question), { description: 'What it asked, and was not told yet.' }),
  answers: t.optional(t.record(t.json()), {
    description: 'What it was told, when it was resumed once and has not ended since.',
  }),
})

/** A snapshot, declared once: its static type, its check and its JSON Schema. */
export const snapshotData = t.object({
  version: t.literal(1),
  created: t.string({ description: 'When the run stopped, in ISO 8601.' }),
  reason: t.literal('breakpoint', 'pause', 'failure'),
  at: t.optional(t.object({ component: t.string(), visit }), {
    description:
      'The visit that was to start, that paused, or that failed, when it stopped at one component.',
  }),
  graph: t.object(
    {
      components: t.record(t.string()),
      connections: t.array(t.array(t.string(), { minItems: 2, maxItems: 2 })),
    },
    {
      description:
        'What a pipeline must consist of to resume: its component types by name, and its connections, sender first.',
    },
  ),
  includeOutputsFrom: t.array(t.string()),
  visits: t.described(
    t.record(t.integer({ minimum: 0, maximum: MOST_VISITS })),
    'How often the inputs of each component were taken: its visits, those in `pending` among them.',
  ),
  inputs: t.array(
    t.union(
      t.object({ socket: t.string(), value: t.json() }),
      t.object({ socket: t.string(), omitted: t.string() }),
    ),
    { description: "The caller's values that are still to be used." },
  ),
  arrived: t.array(t.object({ sender: t.string(), receiver: t.string(), values: t.array(savedValue) }), {
    description:
      'What has arrived and was not used yet: values, or none where the sender ran and gave nothing.',
  }),
  pending: t.array(pendingVisit, {
    description:
      'Visits that were to start or had not ended, with the inputs they took, in the order in which they start. An eager one goes before all that are not.',
  }),
  outputs: t.described(t.record(savedByName), 'The result so far, by component and socket.'),
  named: t.described(savedByName, 'The result so far, by the names that the pipeline gives to outputs.'),
  warnings: t.array(runWarning),
})

/**
 * A run that was stopped, as JSON: it can be stored, moved and resumed by the same graph in another process. Values
 * are shared with the run, not copied. `snapshotSchema` is its JSON Schema.
 */
export type Snapshot = ValueOf<typeof snapshotData>

/** The JSON Schema (2020-12) of a snapshot. */
export const snapshotSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A stopped run of a Millrace pipeline',
  ...schemaOf(snapshotData),
}

/** The questions of a stopped run, the id of each behind the name of the component that asks. */
export function questionsOf({ pending }: Snapshot): Question[] {
  return pending.flatMap(({ component, questions = [] }) =>
    questions.map((asked) => ({ ...asked, id: `${component}.${asked.id}` })),
  )
}

/** The part of a snapshot that says which graph it is of. */
export function graphOf(plan: Plan): Snapshot['graph'] {
  return {
    components: Object.fromEntries(plan.components.map(({ name, type }) => [name, type])),
    connections: plan.edges.map(({ from, to }) => [from, to]),
  }
}
