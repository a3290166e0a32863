import type { Component } from '../component/component.ts'
import { defineComponent } from '../component/define-component.ts'
import { t } from '../component/t.ts'

/** `value + add`; an `add` among the inputs goes before the parameter. */
export const AddFixedValue = defineComponent({
  type: 'AddFixedValue',
  description: 'Adds a number to its input.',
  parameters: t.object({ add: t.integer({ default: 1, description: 'What is added.' }) }),
  inputs: { value: t.integer(), add: t.optional(t.integer()) },
  outputs: { result: t.integer() },
  run: ({ value, add }, _context, { add: fixed = 1 }) => ({ result: value + (add ?? fixed) }),
})

export const Double = defineComponent({
  type: 'Double',
  description: 'Multiplies its input by 2.',
  inputs: { value: t.integer() },
  outputs: { value: t.integer() },
  run: ({ value }) => ({ value: value * 2 }),
})

export const Subtract = defineComponent({
  type: 'Subtract',
  description: 'Subtracts its second input from its first.',
  inputs: { firstValue: t.integer(), secondValue: t.integer() },
  outputs: { difference: t.integer() },
  run: ({ firstValue, secondValue }) => ({ difference: firstValue - secondValue }),
})

/** Variadic: waits for all its senders. */
export const Sum = defineComponent({
  type: 'Sum',
  description: 'Adds up what all its senders send.',
  inputs: { values: t.variadic(t.integer()) },
  outputs: { total: t.integer() },
  run: ({ values }) => ({ total: values.reduce((total, value) => total + value, 0) }),
})

/** Keeps its sum from visit to visit and from run to run: the one part here that has a state, for tests that look at it. */
export class Accumulate implements Component {
  static readonly type = 'Accumulate'
  static readonly description = 'Adds its input to all that it received before.'
  readonly inputs = { value: t.integer() }
  readonly outputs = { value: t.integer() }
  #sum = 0

  get sum(): number {
    return this.#sum
  }

  run({ value }: { readonly value: number }): { readonly value: number } {
    this.#sum += value
    return { value: this.#sum }
  }
}
