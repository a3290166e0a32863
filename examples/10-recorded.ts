// A model's answers as files: recorded once, and replayed where there is no model, as in tests on another machine.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChatPromptBuilder } from '@millrace/components'
import { ChatMessage, Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { recordedEngine } from '@millrace/llama-cpp/testing'
import { pocketModel } from '@millrace/pocket-model'

/** The pipeline under test. Only the file of the model differs, and who answers for it. */
function capitals(model: string, engine: ReturnType<typeof recordedEngine>) {
  return new Pipeline({
    prompt: new ChatPromptBuilder({ template: [ChatMessage.user('What is the capital of {{ country }}?')] }),
    llm: new LlamaCppChatGenerator({ model, generationKwargs: { temperature: 0 } }, engine),
  }).connect('prompt.prompt', 'llm.messages')
}

// A project would keep the folder in its repository.
const folder = await mkdtemp(join(tmpdir(), 'recordings-'))
try {
  {
    await using live = capitals(pocketModel.chat, recordedEngine({ folder, mode: 'record' }))
    for (const country of ['France', 'Japan']) await live.run({ country })
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.includes('chat-'))
    console.log(`Recorded ${files.length} answers.`)
  }

  // The name of the model is all that counts: no file of this name is there.
  await using replayed = capitals('not/there/pocket.gguf', recordedEngine({ folder }))
  for (const country of ['Japan', 'France']) {
    const result = await replayed.run({ country })
    console.log(`${country}: ${ChatMessage.text(result.get('llm.replies')[0])}`)
  }
  // What nobody recorded is an error, and says what was.
  await replayed.run({ country: 'Peru' }).catch((error: Error) => console.log(error.message))
} finally {
  await rm(folder, { recursive: true })
}
