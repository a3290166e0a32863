// A chat: each turn sends the whole conversation, and the model evaluates only what is new. What it still holds of the
// last turn is told as `cachedTokens`.
import { ChatMessage } from '@millrace/core'
import { LlamaCppChatGenerator, replyMeta } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

const generator = new LlamaCppChatGenerator({
  model: pocketModel.chat,
  generationKwargs: { temperature: 0, maxTokens: 64 },
})

const conversation: ChatMessage[] = []
for (const question of ['My name is Omar.', 'What is the capital of Spain?', 'What is my name?']) {
  conversation.push(ChatMessage.user(question))
  const { replies } = await generator.run({ messages: conversation })
  conversation.push(...replies)
  const [reply] = replies
  const usage = replyMeta(reply)?.usage
  console.log(
    `${question} ${ChatMessage.text(reply)} (${usage?.cachedTokens} of ${usage?.promptTokens} tokens reused)`,
  )
}

await generator.close()
