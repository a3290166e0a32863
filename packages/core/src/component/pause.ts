import { RunError } from '../errors.ts'
import { isJsonValue, isPlainObject, type JsonValue } from '../json.ts'
import type { ValueOf } from '../schema/socket.ts'
import { checkValue } from '../schema/validate.ts'
import { unknownKey } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import { t } from './t.ts'

export const question = t.object({
  id: t.string({
    minLength: 1,
    description: 'What the answer is given by. Unique among the questions of one pause.',
  }),
  kind: t.string({
    description: 'What sort of answer is wanted, in words that asker and user share, such as `approval`.',
  }),
  prompt: t.string({ description: 'The question, for a person.' }),
  data: t.optional(t.json(), { description: 'What the answer depends on, for a program.' }),
})
const questions = t.array(question)
const requestKeys = ['state', 'questions']

/** Something that a paused run wants to know from whoever resumes it. */
export type Question = ValueOf<typeof question>

/** Why a component pauses. */
export interface PauseRequest {
  /** JSON that comes back as `context.resumed.state`. */
  readonly state?: unknown
  /** None: the run waits for something else, and `resume` needs no answers. */
  readonly questions?: readonly Question[]
}

/** What a visit gets that is run again because it had paused. */
export interface Resumed {
  /** What `pause` was given; undefined when it was given none. */
  readonly state: JsonValue | undefined
  /** An answer for each question, by its id. */
  readonly answers: Readonly<Record<string, JsonValue>>
}

/** What `context.pause` makes, and a component returns in place of outputs. */
export class Pause {
  /** A copy: what the component does with its own object later does not matter. */
  readonly state: JsonValue | undefined
  readonly questions: readonly Question[]

  /** @throws RunError `RUN_INVALID_PAUSE` */
  constructor(
    component: { readonly name: string; readonly type: string },
    visit: number,
    request: PauseRequest,
  ) {
    const refuse = (problem: string): never => {
      const { name, type } = component
      const message = `'${name}' (${type}) cannot pause: ${problem}`
      throw new RunError('RUN_INVALID_PAUSE', message, { component: name, type, visit })
    }
    if (!isPlainObject(request))
      refuse(`it gave ${describeValue(request)}, not an object as in context.pause({ state, questions }).`)
    const unknown = Object.keys(request).find((key) => !requestKeys.includes(key))
    if (unknown !== undefined) refuse(unknownKey(unknown, requestKeys))
    const { state, questions: asked = [] } = request
    if (state !== undefined && !isJsonValue(state)) refuse('its state is not JSON.')
    const [problem] = checkValue(questions, asked)
    if (problem) refuse(`questions.${problem.path.join('.')}: ${problem.message}`)
    const ids = asked.map(({ id }) => id)
    const twice = ids.find((id, index) => ids.indexOf(id) !== index)
    if (twice !== undefined) refuse(`two of its questions have the id '${twice}'.`)
    this.state = structuredClone(state) as JsonValue | undefined
    this.questions = structuredClone(asked)
  }
}

/** Questions in words, one to a line, for messages. */
export function describeQuestions(asked: readonly Question[]): string {
  return asked.map(({ id, kind, prompt }) => `\n  ${id} (${kind}): ${prompt}`).join('')
}

/** For a component that is used alone: there is no run that could pause. */
export function cannotPause(type: string): never {
  throw new RunError(
    'RUN_INVALID_PAUSE',
    `${type} cannot pause: it is used alone, and only a run of a pipeline can pause.`,
    { type },
  )
}
