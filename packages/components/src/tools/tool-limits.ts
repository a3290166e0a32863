import { t } from '@millrace/core'

/** What one step of tools may take, as parameters of whoever runs them. */
export const toolLimits = {
  maxConcurrency: t.integer({ default: 4, minimum: 1, description: 'How many calls run at once.' }),
  timeoutMs: t.integer({
    default: 120_000,
    minimum: 1,
    maximum: 2 ** 31 - 1,
    description: 'The longest that one call may take, in milliseconds.',
  }),
  maxResultCharacters: t.integer({
    default: 20_000,
    minimum: 100,
    description:
      'How many characters of text a result may have. Of a longer one the model gets the beginning and the end.',
  }),
} as const

interface Limits {
  readonly maxConcurrency: number
  readonly timeoutMs: number
  readonly maxResultCharacters: number
}

/** Limits with their defaults, which a component that is made in code has to fill in. */
export function limitsOf(given: { readonly [Name in keyof Limits]?: number | undefined }): Limits {
  const { maxConcurrency = 4, timeoutMs = 120_000, maxResultCharacters = 20_000 } = given
  return { maxConcurrency, timeoutMs, maxResultCharacters }
}
