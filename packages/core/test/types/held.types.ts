// What the compiler knows of components that parameters hold.

import {
  type Component,
  type ComponentOf,
  type InputsOf,
  type ParametersOf,
  runHeld,
  t,
} from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import type { Equal, Expect } from './expect.ts'

const Singer = t.component({
  inputs: { text: t.string(), pitch: t.optional(t.integer()) },
  outputs: { text: t.string() },
})

class Choir {
  static readonly parameters = t.object({ voices: t.array(Singer), lead: t.optional(Singer) })
  readonly inputs = { text: t.string() }
  readonly outputs = { text: t.string() }
  readonly initParameters: ParametersOf<typeof Choir>
  constructor(parameters: ParametersOf<typeof Choir>) {
    this.initParameters = parameters
  }
  async run({ text }: InputsOf<Choir>) {
    const [first] = this.initParameters.voices
    if (first === undefined) return { text }
    const sung = await runHeld(first, { text }, aloneContext({ type: 'Choir' }))
    type Known = Expect<Equal<(typeof sung)['text'], string>>
    // @ts-expect-error the shape has no such output
    const other = sung.tempo
    // @ts-expect-error the input is missing
    await runHeld(first, {}, aloneContext({ type: 'Choir' }))
    return { text: sung.text as Known extends true ? string : never, other }
  }
}

declare const fitting: {
  inputs: { text: ReturnType<typeof t.string> }
  outputs: { text: ReturnType<typeof t.string> }
  run(inputs: { readonly text: string }): { text: string }
}
declare const deaf: {
  inputs: { sound: ReturnType<typeof t.integer> }
  outputs: { text: ReturnType<typeof t.string> }
  run(inputs: { readonly sound: number }): { text: string }
}
declare const mute: {
  inputs: { text: ReturnType<typeof t.string> }
  outputs: { length: ReturnType<typeof t.integer> }
  run(inputs: { readonly text: string }): { length: number }
}

export const choir: Component = new Choir({ voices: [fitting, new Choir({ voices: [] })], lead: fitting })
// @ts-expect-error it takes another input
new Choir({ voices: [deaf] })
// @ts-expect-error it has another output
new Choir({ voices: [mute] })

export type Held = Expect<
  Equal<
    NonNullable<ParametersOf<typeof Choir>['lead']> extends ComponentOf<infer Inputs, infer _Outputs>
      ? keyof Inputs
      : never,
    'text' | 'pitch'
  >
>
