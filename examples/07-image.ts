// A model that sees: the projector is its second file. Text and images stand in a message in any order.
import { dirname, join } from 'node:path'
import { ChatMessage, ImageContent } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

const generator = new LlamaCppChatGenerator({
  model: pocketModel.chat,
  modelClipPath: pocketModel.vision,
  generationKwargs: { temperature: 0, maxTokens: 64 },
})

const image = await ImageContent.fromFile(join(dirname(pocketModel.vision), 'images/red-circle.png'))
for (const question of ["What's in this image?", 'What color is the shape?']) {
  const { replies } = await generator.run({ messages: [ChatMessage.user([question, image])] })
  console.log(ChatMessage.text(replies[0]))
}

await generator.close()
