import type { CallFormat } from './call-format.ts'

const JSON_VALUES = { kind: 'json' } as const

/** A format of calls, and where it is looked for. */
export interface CallRow extends CallFormat {
  /**
   * What the source of a template has that describes tools in this format and renders no calls: they go into the words
   * of the assistant. Undefined for formats whose templates always render calls.
   */
  readonly inWords?: RegExp
}

/** Calls whose arguments are an object of JSON, where {@link CallFormat} of the common kind cannot be read off. */
const jsonRows: readonly CallRow[] = [
  {
    name: 'kimi-k2',
    open: '<|tool_calls_section_begin|>',
    call: '<|tool_call_begin|>functions.⟨name⟩:⟨index⟩<|tool_call_argument_begin|>⟨arguments⟩<|tool_call_end|>',
    between: '',
    close: '<|tool_calls_section_end|>',
    values: JSON_VALUES,
    reads: [
      '<|tool_call_begin|>functions.⟨name⟩:⟨index⟩<|tool_call_argument_begin|>⟨arguments⟩<|tool_call_end|>',
    ],
    id: 'functions.⟨name⟩:⟨index⟩',
    endsThought: true,
  },
  {
    name: 'cohere',
    open: '<|START_ACTION|>[\n    ',
    call: '{"tool_call_id": "⟨index⟩", "tool_name": "⟨name⟩", "parameters": ⟨arguments⟩}',
    between: ',\n    ',
    close: '\n]<|END_ACTION|>',
    values: JSON_VALUES,
    endsThought: true,
  },
  {
    name: 'llama-3',
    open: '',
    call: '{"name": "⟨name⟩", "parameters": ⟨arguments⟩}',
    between: undefined,
    close: '',
    values: JSON_VALUES,
    reads: ['<|python_tag|>', ''].flatMap((mark) => [
      `${mark}{⟪"type": "function", ⟫"name": "⟨name⟩", "parameters": ⟨arguments⟩}`,
      `${mark}{⟪"type": "function", ⟫"name": "⟨name⟩", "arguments": ⟨arguments⟩}`,
    ]),
  },
  {
    // Its last mark ends the turn for llama.cpp, too, so that a grammar cannot ask for it.
    name: 'harmony',
    open: '',
    call: ' to=functions.⟨name⟩<|channel|>commentary json<|message|>⟨arguments⟩⟪<|call|>⟫',
    between: undefined,
    close: '',
    values: JSON_VALUES,
    reads: ['commentary', 'analysis'].flatMap((channel) => [
      `<|channel|>${channel} to=functions.⟨name⟩ ⟪<|constrain|>⟫⟪json⟫<|message|>⟨arguments⟩⟪<|call|>⟫`,
      ` to=functions.⟨name⟩<|channel|>${channel} ⟪<|constrain|>⟫⟪json⟫<|message|>⟨arguments⟩⟪<|call|>⟫`,
    ]),
  },
  {
    name: 'granite-3',
    open: '<|tool_call|>[',
    call: '{"name": "⟨name⟩", "arguments": ⟨arguments⟩}',
    between: ', ',
    close: ']',
    values: JSON_VALUES,
    inWords: /<\|tool_call\|>/,
  },
]

/** Arguments as tags: `open` before each value, `close` behind. */
function tagged(
  name: string,
  call: string,
  [open, close]: readonly [string, string],
  others: Partial<CallFormat> = {},
): CallRow {
  return { name, open: '', call, between: '\n', close: '', values: { kind: 'tags', open, close }, ...others }
}

const XML = ['<parameter=⟨key⟩>\n', '\n</parameter>\n'] as const
const NAMED = ['<parameter name="⟨key⟩">', '</parameter>\n'] as const
const DSML = ['<｜DSML｜parameter name="⟨key⟩" string="⟨string⟩">', '</｜DSML｜parameter>\n'] as const

/** The calls of GLM and its kin, by the white space behind the name, the key, the value and the last value. */
function keyAndValue(
  name: string,
  [begin, between, end, last]: readonly [string, string, string, string],
  suffix = '',
  others: Partial<CallFormat> = {},
): CallRow {
  const key = `arg_key${suffix}`
  const value = `arg_value${suffix}`
  return tagged(
    name,
    `<tool_call${suffix}>⟨name⟩${begin}⟨arguments⟩${last}</tool_call${suffix}>`,
    [`<${key}>⟨key⟩</${key}>${between}<${value}>`, `</${value}>${end}`],
    { ...others, endsThought: true },
  )
}

const dsml = (section: string) =>
  tagged(`dsml-${section}`, '<｜DSML｜invoke name="⟨name⟩">\n⟨arguments⟩</｜DSML｜invoke>', DSML, {
    open: `<｜DSML｜${section}>\n`,
    close: `\n</｜DSML｜${section}>`,
    endsThought: true,
  })

const M3 = ']<]minimax[>['

const taggedRows: readonly CallRow[] = [
  tagged('qwen3-coder', '<tool_call>\n<function=⟨name⟩>\n⟨arguments⟩</function>\n</tool_call>', XML, {
    // The mark in front is often forgotten.
    reads: ['<function=⟨name⟩>\n⟨arguments⟩</function>⟪\n</tool_call>⟫'],
    endsThought: true,
  }),
  tagged(
    'seed-oss',
    '<seed:tool_call>\n<function=⟨name⟩>\n⟨arguments⟩</function>\n</seed:tool_call>',
    ['<parameter=⟨key⟩>', '</parameter>\n'],
    { reads: ['<function=⟨name⟩>\n⟨arguments⟩</function>⟪\n</seed:tool_call>⟫'] },
  ),
  tagged('minicpm', '<function name="⟨name⟩">⟨arguments⟩</function>', ['<param name="⟨key⟩">', '</param>']),
  tagged('minimax-m2', '<invoke name="⟨name⟩">\n⟨arguments⟩</invoke>', NAMED, {
    open: '<minimax:tool_call>\n',
    close: '\n</minimax:tool_call>',
  }),
  dsml('function_calls'),
  dsml('tool_calls'),
  tagged(
    'muse',
    ' to=⟨name⟩<|message|><atem:function_calls>\n<atem:invoke name="⟨name⟩">\n⟨arguments⟩</atem:invoke>\n</atem:function_calls>',
    ['<atem:parameter name="⟨key⟩">', '</atem:parameter>\n'],
    { between: '<|eom|><|start|>assistant' },
  ),
  keyAndValue('glm', ['\n', '\n', '\n', '']),
  keyAndValue('glm-tight', ['', '', '', ''], '', { between: '' }),
  keyAndValue('ling', ['\n', '\n', '', '\n']),
  keyAndValue('hunyuan', ['<tool_sep:opensource>\n', '\n', '\n', ''], ':opensource', {
    open: '<tool_calls:opensource>\n',
    close: '\n</tool_calls:opensource>',
  }),
  tagged(
    'kimi-k3',
    '<|open|>call tool="⟨name⟩" index="⟨index⟩"<|sep|>⟨arguments⟩<|close|>call<|sep|>',
    ['<|open|>argument key="⟨key⟩" type="⟨type⟩"<|sep|>', '<|close|>argument<|sep|>'],
    { open: '<|open|>tools<|sep|>', between: '', close: '<|close|>tools<|sep|>' },
  ),
]

/** The formats of calls that models are known to write. Others with JSON are read off the template of the model. */
export const CALL_ROWS: readonly CallRow[] = [
  ...jsonRows,
  ...taggedRows,
  {
    name: 'minimax-m3',
    open: `${M3}<tool_call>\n`,
    call: `${M3}<invoke name="⟨name⟩">⟨arguments⟩${M3}</invoke>\n`,
    between: '',
    close: `${M3}</tool_call>`,
    values: { kind: 'nested', mark: M3 },
  },
  {
    name: 'lfm2',
    open: '<|tool_call_start|>[',
    call: '⟨name⟩(⟨arguments⟩)',
    between: ', ',
    close: ']<|tool_call_end|>',
    values: { kind: 'python' },
    inWords: /<\|tool_call_start\|>|List of tools: (<\|tool_list_start\|>)?\[/,
  },
  {
    name: 'gemma-4',
    open: '',
    call: '<|tool_call>call:⟨name⟩{⟨arguments⟩}<tool_call|>',
    between: '',
    close: '',
    values: { kind: 'braces' },
  },
]
