// A reply that is data: one declaration makes the schema that the model has to obey, the check, and the type.
import { parseReply, t } from '@millrace/core'
import { schemaOf } from '@millrace/core/component'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

const person = t.object({
  name: t.string(),
  age: t.integer({ minimum: 0, maximum: 150 }),
  city: t.string(),
})

const generator = new LlamaCppChatGenerator({
  model: pocketModel.chat,
  generationKwargs: {
    temperature: 0,
    maxTokens: 64,
    responseFormat: { type: 'jsonObject', schema: schemaOf(person) },
  },
})

for (const text of ['Nina is 42 years old and lives in Oslo.', 'I am Leo, 31 years old, from Rome.']) {
  const { replies } = await generator.run({ messages: `Extract name, age and city as JSON: ${text}` })
  // Throws where the reply was cut off, by maxTokens or an abort: nothing else could make it anything else.
  const { name, age, city } = parseReply(person, replies[0])
  console.log(`${name} (${age}), ${city}`)
}

await generator.close()
