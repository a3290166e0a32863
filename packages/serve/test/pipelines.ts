import { defineComponent, Pipeline, t } from '@millrace/core'

/** Joins two words, at once. */
export function greeting(): Pipeline {
  const Greeter = defineComponent({
    type: 'Greeter',
    inputs: { name: t.string(), word: t.string({ default: 'Hello' }) },
    outputs: { text: t.string() },
    run: ({ name, word }) => ({ text: `${word}, ${name}!` }),
  })
  return new Pipeline({ greeter: new Greeter() })
}

/** Waits until it is let go; fails when its run is aborted. */
export function gated() {
  const waiting: (() => void)[] = []
  let running = 0
  const aborted: unknown[] = []
  const Gate = defineComponent({
    type: 'Gate',
    inputs: { value: t.number() },
    outputs: { value: t.number() },
    run: async ({ value }, { signal }) => {
      running++
      try {
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve)
          signal.addEventListener('abort', () => {
            aborted.push(signal.reason)
            reject(signal.reason)
          })
        })
      } finally {
        running--
      }
      return { value }
    },
  })
  return {
    pipeline: new Pipeline({ gate: new Gate() }),
    /** Lets the first `count` go that wait. */
    open(count = waiting.length) {
      for (const resolve of waiting.splice(0, count)) resolve()
    },
    aborted,
    /** How many can be let go. */
    get waiting() {
      return waiting.length
    },
    get running() {
      return running
    },
  }
}

/** Asks before it says anything. */
export function asking(): Pipeline {
  const Asker = defineComponent({
    type: 'Asker',
    inputs: { text: t.string() },
    outputs: { text: t.string() },
    run: ({ text }, { pause, resumed }) => {
      const prompt = `Say '${text}'?`
      if (resumed === undefined) return pause({ questions: [{ id: 'say', kind: 'approval', prompt }] })
      return { text: resumed.answers['say'] === 'approve' ? text : 'Not said.' }
    },
  })
  return new Pipeline({ asker: new Asker() })
}
