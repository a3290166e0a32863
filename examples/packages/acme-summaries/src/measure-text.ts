import { t, tool } from '@millrace/core'

const words = new Intl.Segmenter(undefined, { granularity: 'word' })

/** Words and minutes of a text: models cannot count. */
export const measureText = tool({
  name: 'measure_text',
  description: 'Count the words of a text, and the minutes that reading it takes.',
  parameters: t.object({ text: t.string({ description: 'The text.' }) }),
  run: ({ text }) => {
    const count = [...words.segment(text)].filter(({ isWordLike }) => isWordLike).length
    return { words: count, minutes: Math.ceil(count / 230) }
  },
})
