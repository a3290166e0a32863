// Whether many runs of one pipeline leave anything behind: the heap after 100,000 runs beside that after 10,000.
//
//   corepack pnpm bench memory
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { defineComponent, Pipeline, t } from '@millrace/core'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const Step = defineComponent({
  type: 'Step',
  inputs: { value: t.integer() },
  outputs: { value: t.integer() },
  run: async ({ value }, { signal, emit }) => {
    // Asks for what a run makes only on demand, so that it is part of what might be left behind.
    signal.throwIfAborted()
    emit({ content: 'x', index: 0, start: true })
    return { value: value + 1 }
  },
})

const pipeline = new Pipeline({ a: new Step(), b: new Step(), c: new Step() })
  .connect('a.value', 'b.value')
  .connect('b.value', 'c.value')

// One signal for all runs, as a server has one for its shutdown: nothing may stay attached to it.
const { signal } = new AbortController()

async function heapAfter(runs: number): Promise<number> {
  for (let run = 0; run < runs; run++) {
    await pipeline.run({ a: { value: run } }, { signal, onEvent: () => {} })
  }
  collect()
  return process.memoryUsage().heapUsed
}

const first = await heapAfter(10_000)
const last = await heapAfter(90_000)
const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`
console.log(`heap after 10,000 runs: ${megabytes(first)}`)
console.log(`heap after 100,000 runs: ${megabytes(last)}`)
console.log(`\n100,000 beside 10,000: ${(last / first).toFixed(3)}`)
