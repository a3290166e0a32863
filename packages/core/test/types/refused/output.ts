import { type Component, type InputsOf, type OutputsOf, t } from '@millrace/core'

export class Count implements Component {
  readonly inputs = { text: t.string() }
  readonly outputs = { count: t.integer() }
  run({ text }: InputsOf<Count>): OutputsOf<Count> {
    return { count: text }
  }
}

export class Name implements Component {
  readonly inputs = { text: t.string(), limit: t.integer({ default: 1 }) }
  readonly outputs = { count: t.integer() }
  run({ text, limt }: InputsOf<Name>): OutputsOf<Name> {
    return { counts: text.length + limt }
  }
}
