import { describe, expect, test } from '@jest/globals'
import { runTsc } from '../../../../bench/type-probe.ts'

// The files in `refused` are wrong, each in one way. What the compiler says of them is what users read.
const output = runTsc(['-p', 'packages/core/test/types/refused'])

/** The messages for one file, without its place. */
function messagesFor(file: string): string {
  const blocks = output.split(/^(?=\S)/m).filter((block) => block.includes(`/refused/${file}(`))
  return blocks.map((block) => block.replace(/^.*?: error /, '')).join('')
}

describe('the compiler', () => {
  test('names all outputs for a component that does not exist', () => {
    expect(messagesFor('component-name.ts')).toMatchInlineSnapshot(`
"TS2345: Argument of type '"promt.prompt"' is not assignable to parameter of type '"llm.replies" | "llm.reply" | "llm.usage" | "prompt.prompt" | "prompt.words"'.
"
`)
  })

  test('names all inputs for a socket that does not exist', () => {
    expect(messagesFor('socket-name.ts')).toMatchInlineSnapshot(`
"TS2345: Argument of type '"llm.message"' is not assignable to parameter of type '"llm.hints" | "llm.messages" | "llm.seed" | "prompt.country" | "prompt.tone"'.
"
`)
  })

  test('shows both types where two sockets do not fit', () => {
    expect(messagesFor('socket-type.ts')).toMatchInlineSnapshot(`
"TS2345: Argument of type '"llm.hints"' is not assignable to parameter of type '"llm.hints" & SocketMismatch<number, string>'.
  Type 'string' is not assignable to type 'SocketMismatch<number, string>'.
"
`)
  })

  test('shows what an input takes, and suggests a name', () => {
    expect(messagesFor('run-input.ts')).toMatchInlineSnapshot(`
"TS2322: Type 'number' is not assignable to type 'string | ChatMessage | undefined'.
TS2561: Object literal may only specify known properties, but 'contry' does not exist in type '{ readonly country?: string | ChatMessage; readonly tone?: string | ChatMessage; }'. Did you mean to write 'country'?
"
`)
  })

  test('shows what an output takes, and what outputs and inputs there are', () => {
    expect(messagesFor('output.ts')).toMatchInlineSnapshot(`
"TS2322: Type 'string' is not assignable to type 'number'.
TS2339: Property 'limt' does not exist on type '{ readonly text: string; } & { readonly limit?: number; }'.
TS2561: Object literal may only specify known properties, but 'counts' does not exist in type '{ readonly count: number; }'. Did you mean to write 'count'?
"
`)
  })
})
