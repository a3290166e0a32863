/** What stands before and behind the text of a turn. */
export type Marks = readonly [before: string, behind: string]

/** A chat format that writes one turn after the other. */
export interface TurnFormat {
  /** Undefined: what the system says begins the next turn of the user, in `systemInUser`. */
  readonly system?: Marks
  readonly systemInUser?: Marks
  /** Stands in front where the system says nothing. */
  readonly withoutSystem?: string
  readonly user: Marks
  readonly assistant: Marks
  /** What the model goes on from. */
  readonly cue: string
  /** Texts that end an answer: the mark behind a turn, which may be no token of the model, or the next turn. */
  readonly stops: readonly string[]
}

const TEXT = "(message['content'] or '')"

/**
 * The Jinja template of a format. Roles that it does not know, such as results of tools, are turns of the user: none is
 * left out. Only what all renderers of llama.cpp and its bindings read alike is used.
 */
export function turnTemplate(format: TurnFormat): string {
  const { system, withoutSystem, user, assistant, cue } = format
  return [
    system ? '' : "{%- set held = namespace(text='') -%}",
    withoutSystem === undefined
      ? ''
      : `{%- if messages[0]['role'] != 'system' -%}{{ ${quoted(withoutSystem)} }}{%- endif -%}`,
    '{%- for message in messages -%}',
    "{%- if message['role'] == 'system' -%}",
    system
      ? turn(system, TEXT)
      : `{%- set held.text = held.text + ${around(format.systemInUser ?? ['', ''])} -%}`,
    "{%- elif message['role'] == 'assistant' -%}",
    turn(assistant, TEXT),
    '{%- else -%}',
    system ? turn(user, TEXT) : `${turn(user, `held.text + ${TEXT}`)}{%- set held.text = '' -%}`,
    '{%- endif -%}',
    '{%- endfor -%}',
    system ? '' : `{%- if held.text -%}${turn(user, 'held.text')}{%- endif -%}`,
    `{%- if add_generation_prompt -%}{{ ${quoted(cue)} }}{%- endif -%}`,
  ].join('')
}

function turn([before, behind]: Marks, text: string): string {
  return `{{ ${[quoted(before), text, quoted(behind)].filter((part) => part !== "''").join(' + ')} }}`
}

function around([before, behind]: Marks): string {
  return `${quoted(before)} + ${TEXT} + ${quoted(behind)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}
