import type { Marks, TurnFormat } from './turn-template.ts'

const CHATML = {
  system: chatml('system'),
  user: chatml('user'),
  assistant: chatml('assistant'),
  cue: '<|im_start|>assistant\n',
  stops: ['<|im_end|>'],
} satisfies TurnFormat

function chatml(role: string): Marks {
  return [`<|im_start|>${role}\n`, '<|im_end|>\n']
}

function llama3(role: string): Marks {
  return [`<|start_header_id|>${role}<|end_header_id|>\n\n`, '<|eot_id|>']
}

function baichuan(user: string, assistant: string): TurnFormat {
  return {
    system: ['', ''],
    user: [user, ''],
    assistant: [assistant, ''],
    cue: assistant,
    stops: [user, '</s>'],
  }
}

/**
 * The text formats of llama-cpp-python by their names there. Where its prompts lose something they do not here: all of
 * them have what the system says, every turn, and the cue to answer; none ends an answer at a line break. The texts
 * around the turns are otherwise those of llama-cpp-python, but for llama-2, zephyr, openchat and intel, of which they
 * are what the models were trained on.
 */
export const TEXT_FORMATS: Readonly<Record<string, TurnFormat>> = {
  'llama-2': {
    systemInUser: ['<<SYS>>\n', '\n<</SYS>>\n\n'],
    user: ['[INST] ', ' [/INST]'],
    assistant: [' ', ' </s><s>'],
    cue: '',
    stops: ['</s>', '[INST]'],
  },
  'llama-3': {
    system: llama3('system'),
    user: llama3('user'),
    assistant: llama3('assistant'),
    cue: llama3('assistant')[0],
    stops: ['<|eot_id|>'],
  },
  alpaca: {
    system: ['', '\n\n'],
    user: ['### Instruction: ', '\n\n'],
    assistant: ['### Response: ', '</s>'],
    cue: '### Response:',
    stops: ['</s>', '### Instruction:'],
  },
  qwen: {
    ...CHATML,
    withoutSystem: CHATML.system.join('You are a helpful assistant.'),
    stops: ['<|im_end|>', '<|endoftext|>'],
  },
  vicuna: {
    system: ['', ' '],
    withoutSystem:
      "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions. ",
    user: ['USER: ', ' '],
    assistant: ['ASSISTANT: ', '</s>'],
    cue: 'ASSISTANT:',
    stops: ['</s>', 'USER:'],
  },
  oasst_llama: {
    system: ['[INST] <<SYS>>\n', '\n<</SYS>>\n\n'],
    user: ['<|prompter|>', '</s>'],
    assistant: ['<|assistant|>', '</s>'],
    cue: '<|assistant|>',
    stops: ['</s>', '<|prompter|>'],
  },
  'baichuan-2': baichuan('<reserved_106>', '<reserved_107>'),
  baichuan: baichuan('<reserved_102>', '<reserved_103>'),
  openbuddy: {
    system: ['', '\n'],
    user: ['User: ', '\n'],
    assistant: ['Assistant: ', '\n'],
    cue: 'Assistant:',
    stops: ['User:'],
  },
  'redpajama-incite': {
    system: ['', '\n'],
    user: ['<human>: ', '\n'],
    assistant: ['<bot>: ', '\n'],
    cue: '<bot>:',
    stops: ['<human>'],
  },
  snoozy: {
    system: ['', '\n'],
    user: ['### Prompt: ', '\n'],
    assistant: ['### Response: ', '\n'],
    cue: '### Response:',
    stops: ['###'],
  },
  phind: {
    system: ['### System Prompt\n', '\n\n'],
    withoutSystem: '### System Prompt\nYou are an intelligent programming assistant.\n\n',
    user: ['### User Message: ', '\n\n'],
    assistant: ['### Assistant: ', '\n\n'],
    cue: '### Assistant:',
    stops: ['### User Message', '</s>'],
  },
  intel: {
    system: ['### System:\n', '\n'],
    user: ['### User:\n', '\n'],
    assistant: ['### Assistant:\n', '\n'],
    cue: '### Assistant:\n',
    stops: ['### User:', '</s>'],
  },
  'open-orca': {
    system: ['', '<|end_of_turn|>\n'],
    user: ['User: ', '<|end_of_turn|>\n'],
    assistant: ['Assistant: ', '<|end_of_turn|>\n'],
    cue: 'Assistant:',
    stops: ['<|end_of_turn|>', 'User:'],
  },
  mistrallite: {
    system: ['<|system|>', '</s>'],
    user: ['<|prompter|>', ' </s>\n'],
    assistant: ['<|assistant|>', ' '],
    cue: '<|assistant|>',
    stops: ['</s>', '<|prompter|>'],
  },
  zephyr: {
    system: ['<|system|>\n', '</s>\n'],
    user: ['<|user|>\n', '</s>\n'],
    assistant: ['<|assistant|>\n', '</s>\n'],
    cue: '<|assistant|>\n',
    stops: ['</s>', '<|user|>'],
  },
  pygmalion: {
    system: ['<|system|>', '\n\n'],
    user: ['<|user|>\n', '\n\n'],
    assistant: ['<|model|>\n', '\n\n'],
    cue: '<|model|>\n',
    stops: ['<|user|>', '</s>'],
  },
  chatml: CHATML,
  'mistral-instruct': {
    systemInUser: ['', '\n\n'],
    user: ['[INST] ', ' [/INST]'],
    assistant: ['', '</s>'],
    cue: '',
    stops: ['</s>', '[INST]'],
  },
  chatglm3: {
    system: ['<|system|>\n', ''],
    user: ['<|user|>\n ', ''],
    assistant: ['<|assistant|>\n ', ''],
    cue: '<|assistant|>',
    stops: ['</s>', '<|user|>', '<|observation|>'],
  },
  openchat: {
    system: ['', '<|end_of_turn|>'],
    user: ['GPT4 Correct User: ', '<|end_of_turn|>'],
    assistant: ['GPT4 Correct Assistant: ', '<|end_of_turn|>'],
    cue: 'GPT4 Correct Assistant:',
    stops: ['<|end_of_turn|>'],
  },
  saiga: {
    system: ['<s>system\n', '</s>'],
    user: ['<s>user\n', '</s>'],
    assistant: ['<s>bot\n', '</s>'],
    cue: '<s>bot\n',
    stops: ['</s>', '<s>'],
  },
  gemma: {
    systemInUser: ['', '\n\n'],
    user: ['<start_of_turn>user\n', '<end_of_turn>\n'],
    assistant: ['<start_of_turn>model\n', '<end_of_turn>\n'],
    cue: '<start_of_turn>model\n',
    stops: ['<end_of_turn>'],
  },
}
