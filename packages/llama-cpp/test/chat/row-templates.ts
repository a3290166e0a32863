// Templates of our own in the formats that models are known to write: the calls are theirs, the rest is as short as it
// can be.

interface Parts {
  /** Round all calls of a turn. */
  readonly section?: readonly [string, string]
  readonly between?: string
  /** How an answer in words is written. */
  readonly words?: string
  readonly cue?: string
  readonly end?: string
  readonly thought?: string
  readonly results?: string
}

const text = (written: string) => `{{- ${JSON.stringify(written)} -}}`

/** A template in ChatML whose assistant calls as `call` says, with `call.name`, `call.arguments` and `id`. */
function withCalls(call: string, parts: Parts = {}): string {
  const {
    section: [open, close] = ['', ''],
    between = '',
    words = '{{- message.content -}}',
    cue = '<|im_start|>assistant\n',
    end = '<|im_end|>\n',
    thought = '{%- if message.reasoning_content -%}{{- "<think>" + message.reasoning_content + "</think>" -}}{%- endif -%}',
    results = '{{- message.content -}}',
  } = parts
  return [
    `{%- if tools -%}${text('<|im_start|>system\n')}{%- for tool in tools -%}{{- tool | tojson -}}{%- endfor -%}${text('<|im_end|>\n')}{%- endif -%}`,
    "{%- for message in messages -%}{%- if message.role == 'assistant' -%}",
    `${text(cue)}${thought}{%- if message.content -%}${words}{%- endif -%}`,
    `{%- if message.tool_calls -%}${text(open)}{%- for made in message.tool_calls -%}`,
    '{%- set call = made.function -%}{%- set id = made.id -%}{%- set index = loop.index0 -%}',
    `${call}{%- if not loop.last -%}${text(between)}{%- endif -%}`,
    `{%- endfor -%}${text(close)}{%- endif -%}${text(end)}`,
    `{%- elif message.role == 'tool' -%}${text('<|im_start|>tool\n')}${results}${text('<|im_end|>\n')}`,
    `{%- else -%}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}{%- endif -%}`,
    `{%- endfor -%}{%- if add_generation_prompt -%}${text(cue)}{%- endif -%}`,
  ].join('')
}

/** Describes tools as functions of Python, from a description and one type for each parameter, as some templates do. */
export const pickyTemplate = `{%- macro python(schema) -%}{%- set names = {"string": "str", "integer": "int"} -%}{%- if schema.type in names -%}{{- names[schema.type] -}}{%- elif schema.type == "object" -%}{{- "dict[str, " + python(schema.additionalProperties) + "]" -}}{%- elif schema.type is iterable -%}{%- for type in schema.type -%}{{- python({"type": type}) -}}{%- endfor -%}{%- else -%}Any{%- endif -%}{%- endmacro -%}
{%- for tool in tools or [] -%}{%- for key, schema in tool.function.parameters.properties.items() -%}{{- key + ": " + python(schema) + " # " + schema.description -}}{%- endfor -%}{%- endfor -%}
${withCalls(`${text('<tool_call>\n{"name": "')}{{- call.name -}}${text('", "arguments": ')}{{- call.arguments | tojson -}}${text('}\n</tool_call>')}`, { between: '\n' })}`

const name = '{{- call.name -}}'
const json = '{{- call.arguments | tojson -}}'
/** One argument after the other, with `value` as a text: as it is, or what `otherwise` makes of it. */
const each = (argument: string, otherwise: string) =>
  `{%- for key, given in call.arguments.items() -%}{%- set value = given if given is string else ${otherwise} -%}${argument}{%- endfor -%}`
const inJson = 'given | tojson'
const inPython = 'given | string'
const mixed = 'given | tojson if given is mapping or given is sequence else given | string'
const tagged = (open: string, middle: string, close: string, otherwise: string) =>
  each(`${text(open)}{{- key -}}${text(middle)}{{- value -}}${text(close)}`, otherwise)
const keyed = (key: string, value: string, [one, two]: readonly [string, string]) =>
  tagged(`<${key}>`, `</${key}>${one}<${value}>`, `</${value}>${two}`, inJson)

const XML = tagged('<parameter=', '>\n', '\n</parameter>\n', mixed)
const dsml = (section: string) =>
  withCalls(
    `${text('<｜DSML｜invoke name="')}${name}${text('">\n')}${each(
      `${text('<｜DSML｜parameter name="')}{{- key -}}${text('" string="')}{{- 'true' if given is string else 'false' -}}${text('">')}{{- value -}}${text('</｜DSML｜parameter>\n')}`,
      inJson,
    )}${text('</｜DSML｜invoke>')}`,
    { section: [`\n\n<｜DSML｜${section}>\n`, `\n</｜DSML｜${section}>`], between: '\n' },
  )

const P = ']<]minimax[>['
const M3_VALUE = `{%- macro nested(value) -%}{%- if value is mapping -%}{%- for k, v in value.items() -%}${text(`${P}<`)}{{- k -}}>{{- nested(v) -}}${text(`${P}</`)}{{- k -}}>{%- endfor -%}{%- elif value is string or value is number -%}{{- value if value is not boolean else value | tojson -}}{%- else -%}{%- for v in value -%}${text(`${P}<item>`)}{{- nested(v) -}}${text(`${P}</item>`)}{%- endfor -%}{%- endif -%}{%- endmacro -%}`

const GEMMA_VALUE = `{%- macro braced(value) -%}{%- if value is string -%}${text('<|"|>')}{{- value -}}${text('<|"|>')}{%- elif value is boolean -%}{{- value | tojson -}}{%- elif value is mapping -%}{{- '{' -}}{%- for k, v in value | dictsort -%}{{- k -}}:{{- braced(v) -}}{{- ',' if not loop.last else '' -}}{%- endfor -%}{{- '}' -}}{%- elif value is sequence -%}[{%- for v in value -%}{{- braced(v) -}}{{- ',' if not loop.last else '' -}}{%- endfor -%}]{%- else -%}{{- value -}}{%- endif -%}{%- endmacro -%}`

const KIMI = `${text('<|tool_call_begin|>functions.')}${name}:{{- index -}}${text('<|tool_call_argument_begin|>')}${json}${text('<|tool_call_end|>')}`

/** By the name of the row that reads it, or what is special of it. */
export const rowTemplates = {
  'kimi-k2': withCalls(KIMI, { section: ['<|tool_calls_section_begin|>', '<|tool_calls_section_end|>'] }),
  cohere: withCalls(
    `${text('{"tool_call_id": "')}{{- index -}}${text('", "tool_name": "')}${name}${text('", "parameters": ')}${json}}`,
    { section: ['<|START_ACTION|>[\n    ', '\n]<|END_ACTION|>'], between: ',\n    ' },
  ),
  'llama-3': withCalls(
    `{%- if index > 0 -%}{{- raise_exception('one call') -}}{%- endif -%}${text('{"name": "')}${name}${text('", "parameters": ')}${json}}`,
    { thought: '' },
  ),
  harmony: withCalls(
    `{%- if index == 0 -%}${text(' to=functions.')}${name}${text('<|channel|>commentary json<|message|>')}${json}${text('<|call|>')}{%- endif -%}`,
    {
      cue: '<|start|>assistant',
      words: `${text('<|channel|>final<|message|>')}{{- message.content -}}`,
      thought: `{%- if message.thinking -%}${text('<|channel|>analysis<|message|>')}{{- message.thinking -}}${text('<|end|><|start|>assistant')}{%- endif -%}`,
      end: '{{- "" -}}',
    },
  )
    .replaceAll(text('{{- "" -}}'), `{%- if not message.tool_calls -%}${text('<|return|>')}{%- endif -%}`)
    // What stands beside a call is a message of its own.
    .replace('{%- if message.content -%}', '{%- if message.content and not message.tool_calls -%}'),
  'granite-3': `{#- <|tool_call|> -#}${withCalls('', { thought: '' }).replace(/\{%- if message\.tool_calls[\s\S]*?\{%- endfor -%\}[\s\S]*?\{%- endif -%\}/, '')}`,
  'qwen3-coder': withCalls(
    `${text('<tool_call>\n<function=')}${name}${text('>\n')}${XML}${text('</function>\n</tool_call>')}`,
    { between: '\n' },
  ),
  'seed-oss': withCalls(
    `${text('<seed:tool_call>\n<function=')}${name}${text('>\n')}${tagged('<parameter=', '>', '</parameter>\n', inPython)}${text('</function>\n</seed:tool_call>')}`,
    { between: '\n' },
  ),
  minicpm: withCalls(
    `${text('<function name="')}${name}${text('">')}${each(
      `${text('<param name="')}{{- key -}}${text('">')}{%- if '<' in value or '\\n' in value -%}{{- '<![CDATA[' + value + ']]>' -}}{%- else -%}{{- value -}}{%- endif -%}${text('</param>')}`,
      inPython,
    )}${text('</function>')}`,
    { between: '\n' },
  ),
  'minimax-m2': withCalls(
    `${text('<invoke name="')}${name}${text('">\n')}${tagged('<parameter name="', '">', '</parameter>\n', inJson)}${text('</invoke>')}`,
    { section: ['\n<minimax:tool_call>\n', '\n</minimax:tool_call>'], between: '\n' },
  ),
  'dsml-function_calls': dsml('function_calls'),
  'dsml-tool_calls': dsml('tool_calls'),
  muse: withCalls(
    `${text(' to=')}${name}${text('<|message|><atem:function_calls>\n<atem:invoke name="')}${name}${text('">\n')}${tagged('<atem:parameter name="', '">', '</atem:parameter>\n', inJson)}${text('</atem:invoke>\n</atem:function_calls>')}`,
    {
      cue: '<|start|>assistant',
      words: `${text(' to=user<|message|>')}{{- message.content -}}`,
      thought: `{%- if message.reasoning_content -%}${text(' to=self<|message|>')}{{- message.reasoning_content -}}${text('<|eom|><|start|>assistant')}{%- endif -%}`,
      end: '<|eot|>',
      between: '<|eom|><|start|>assistant',
    },
  ).replace('{%- if message.content -%}', '{%- if message.content and not message.tool_calls -%}'),
  glm: withCalls(
    `${text('\n<tool_call>')}${name}${text('\n')}${keyed('arg_key', 'arg_value', ['\n', '\n'])}${text('</tool_call>')}`,
  ),
  'glm-tight': withCalls(
    `${text('<tool_call>')}${name}${keyed('arg_key', 'arg_value', ['', ''])}${text('</tool_call>')}`,
  ),
  ling: withCalls(
    `${text('<tool_call>')}${name}${text('\n')}${keyed('arg_key', 'arg_value', ['\n', ''])}${text('\n</tool_call>')}`,
    { between: '\n' },
  ),
  hunyuan: withCalls(
    `${text('<tool_call:opensource>')}${name}${text('<tool_sep:opensource>\n')}${keyed('arg_key:opensource', 'arg_value:opensource', ['\n', '\n'])}${text('</tool_call:opensource>')}`,
    { section: ['<tool_calls:opensource>\n', '\n</tool_calls:opensource>'], between: '\n' },
  ),
  'kimi-k3': withCalls(
    `${text('<|open|>call tool="')}${name}${text('" index="')}{{- index + 1 -}}${text('"<|sep|>')}${each(
      `${text('<|open|>argument key="')}{{- key -}}${text('" type="')}{{- 'string' if given is string else 'boolean' if given is boolean else 'number' if given is number else 'null' if given is none else 'object' if given is mapping else 'array' -}}${text('"<|sep|>')}{{- value -}}${text('<|close|>argument<|sep|>')}`,
      inJson,
    )}${text('<|close|>call<|sep|>')}`,
    {
      section: ['<|open|>tools<|sep|>', '<|close|>tools<|sep|>'],
      words: `${text('<|open|>response<|sep|>')}{{- message.content -}}${text('<|close|>response<|sep|>')}`,
      thought: `{%- if message.reasoning_content -%}${text('<|open|>think<|sep|>')}{{- message.reasoning_content -}}${text('<|close|>think<|sep|>')}{%- endif -%}`,
      end: '<|close|>message<|sep|><|end_of_msg|>',
    },
  ),
  'minimax-m3':
    M3_VALUE +
    withCalls(
      `${text(`${P}<invoke name="`)}${name}${text('">')}{%- for key, value in call.arguments.items() if value is not none -%}${text(`${P}<`)}{{- key -}}>{{- nested(value) -}}${text(`${P}</`)}{{- key -}}>{%- endfor -%}${text(`${P}</invoke>\n`)}`,
      { section: [`${P}<tool_call>\n`, `${P}</tool_call>`] },
    ),
  lfm2: withCalls(
    `${name}({%- for key, given in call.arguments.items() -%}{{- key -}}={%- if given is string -%}'{{- given -}}'{%- elif given is mapping -%}{{- given | tojson -}}{%- else -%}{{- given | string -}}{%- endif -%}{{- ', ' if not loop.last else '' -}}{%- endfor -%})`,
    { section: ['<|tool_call_start|>[', ']<|tool_call_end|>'], between: ', ' },
  ),
  'gemma-4':
    GEMMA_VALUE +
    withCalls(`${text('<|tool_call>call:')}${name}{{- braced(call.arguments) -}}${text('<tool_call|>')}`, {
      thought: `{%- if message.reasoning_content -%}${text('<|channel>thought\n')}{{- message.reasoning_content -}}${text('\n<channel|>')}{%- endif -%}`,
    }),
  'an id in front': withCalls(
    `${text('<|tool_call:begin|>')}{{- id -}}${text('<|tool_call:name|>')}${name}${text('<|tool_call:args|>')}${json}${text('<|tool_call:end|>')}`,
    {
      section: ['<|tool_calls|>', ''],
      cue: '<|begin|>assistant',
      words: `${text('<|content|>')}{{- message.content -}}`,
      thought: `{%- if message.reasoning_content -%}${text('<|think|>')}{{- message.reasoning_content -}}${text('<|end|><|begin|>assistant')}{%- endif -%}`,
      end: '<|end|>',
    },
  ).replace('{%- if message.content -%}', '{%- if message.content and not message.tool_calls -%}'),
  'an id between': withCalls(
    `{%- if id | length != 9 -%}{{- raise_exception('nine') -}}{%- endif -%}${text('[TOOL_CALLS]')}${name}${text('[CALL_ID]')}{{- id -}}${text('[ARGS]')}${json}`,
  ),
  'an id behind': withCalls(
    `{%- if id | length != 9 -%}{{- raise_exception('nine') -}}{%- endif -%}${text('{"name": "')}${name}${text('", "arguments": ')}${json}${text(', "id": "')}{{- id -}}"}`,
    { section: ['[TOOL_CALLS][', ']'], between: ', ' },
  ),
  // As a turn of its own, that begins with what ends the one in front of it.
  'the end of a turn in front': withCalls(
    `{%- if index == 0 -%}${text('<|im_end|>\n<|im_start|>function call\n{"name": "')}${name}${text('", "arguments": ')}${json}}{%- endif -%}`,
    { thought: '' },
  ),
  'the name as key': withCalls(`{"${name}": ${json}}`, {
    section: ['<|tools_prefix|>[', ']<|tools_suffix|>'],
    between: ', ',
  }),
} as const
