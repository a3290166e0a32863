// A reply that is data: one declaration makes the schema that the model has to obey, the check, and the type.
import { ChatMessage, t, type ValueOf } from '@millrace/core'
import { checkValue, schemaOf } from '@millrace/core/component'
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
  const data: unknown = JSON.parse(ChatMessage.text(replies[0]) ?? '')
  // Only a reply that was cut off, by maxTokens or an abort, could be anything else.
  if (checkValue(person, data).length > 0) throw new TypeError('The reply was cut off.')
  const { name, age, city } = data as ValueOf<typeof person>
  console.log(`${name} (${age}), ${city}`)
}

await generator.close()
