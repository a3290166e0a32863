import { messageOf } from '@millrace/core/component'
import { defaultLimits, JinjaError, Template } from '@millrace/jinja'

/**
 * Renders a template with plain data. Throws what the template raises, and what {@link isExcess} knows when it takes
 * too much. `given`: how many characters the messages and tools have, for long conversations make long texts; `steps`:
 * how much work it may be, which otherwise grows with the conversation.
 */
export type RenderTemplate = (
  variables: Readonly<Record<string, unknown>>,
  given?: number,
  steps?: number,
) => string

/**
 * Reads a Jinja template as they are written for models: the white space around statements is not meant, and what it
 * never comes to may be wrong.
 *
 * @param now what time it is for the template; by default the clock of the machine
 * @throws JinjaError
 */
export function jinjaTemplate(text: string, now?: () => Date): RenderTemplate {
  const template = new Template(text, { trimBlocks: true, lstripBlocks: true, strict: false })
  return (variables, given = 0, steps) => {
    const { outputSize, valueSize } = defaultLimits
    const limits = {
      outputSize: outputSize + 4 * given,
      valueSize: valueSize + 4 * given,
      ...(steps ? { steps } : {}),
    }
    return template.render(variables, { limits, ...(now ? { now } : {}) })
  }
}

/** Why a template renders nothing: what it raises in its own words, anything else with its place. */
export function templateReason(cause: unknown): string {
  return cause instanceof JinjaError && cause.code === 'RAISED' ? cause.reason : messageOf(cause)
}

/**
 * Whether a template was stopped, for it took more than any needs: no other conversation would help. One that calls
 * itself without end does so for what it cannot write, as in Python, and may well write others.
 */
export function isExcess(cause: unknown): boolean {
  return cause instanceof JinjaError && cause.limit !== undefined && cause.limit !== 'depth'
}
