import { isPlainObject } from '../../json.ts'
import type { SocketType } from '../../schema/socket-type.ts'
import type { DocumentPath } from '../problems.ts'

/** What only a Haystack file has, by its name there, and what takes its place. */
const insteadOfKeys: Readonly<Record<string, string>> = {
  max_loops_allowed: "'max_loops_allowed' was Haystack's name of this key. Here it is 'maxRunsPerComponent'.",
  connection_type_validation:
    "'connection_type_validation' is a key of Haystack. Here the types of connections are always checked: remove it.",
}

const chat = "Use LlamaCppChatGenerator with a GGUF file, as in { model: 'hf:user/repository:Q4_K_M' }"
const openAI =
  'Install it: npm install @millrace/openai, beside millrace. In code, add openAIComponents to the registry'
const server =
  'Use OpenAIChatGenerator of @millrace/openai, with apiBaseUrl for another server, or LlamaCppChatGenerator with a GGUF file'
const search = 'Write the component in JavaScript with defineComponent, and add its module with --package'

/** What to write for the well-known components of Haystack that have no namesake here. */
const insteadOfTypes: Readonly<Record<string, string>> = {
  OpenAIChatGenerator: openAI,
  AzureOpenAIChatGenerator: server,
  AnthropicChatGenerator: chat,
  OllamaChatGenerator: `${chat}, or OpenAIChatGenerator with { apiBaseUrl: 'http://localhost:11434/v1' }`,
  HuggingFaceLocalChatGenerator: chat,
  HuggingFaceAPIChatGenerator: server,
  OpenAIGenerator: server,
  OllamaGenerator: server,
  HuggingFaceLocalGenerator: chat,
  HuggingFaceAPIGenerator: server,
  SentenceTransformersTextEmbedder: 'Use LlamaCppTextEmbedder with a GGUF file of an embedding model',
  OpenAITextEmbedder: openAI,
  SentenceTransformersDocumentEmbedder: 'Use LlamaCppDocumentEmbedder with a GGUF file of an embedding model',
  OpenAIDocumentEmbedder: openAI,
  SentenceTransformersSimilarityRanker: 'Use LlamaCppRanker with a GGUF file of a reranker',
  TransformersSimilarityRanker: 'Use LlamaCppRanker with a GGUF file of a reranker',
  InMemoryBM25Retriever: search,
  InMemoryEmbeddingRetriever: search,
  InMemoryDocumentStore: search,
  DocumentWriter: search,
  DocumentSplitter: search,
  DocumentJoiner: 'Use ListJoiner, which makes one list of lists of documents',
  DynamicChatPromptBuilder: 'Use ChatPromptBuilder',
  DynamicPromptBuilder: 'Use PromptBuilder',
  SuperComponent: "A pipeline in a pipeline is of the type 'Pipeline'",
}

/** What to say of a key that only a Haystack file has. */
export function haystackKey(key: string): string | undefined {
  return Object.hasOwn(insteadOfKeys, key) ? insteadOfKeys[key] : undefined
}

/** What to write for a component of Haystack, by the name of its class. */
export function insteadOfType(type: string): string | undefined {
  const name = pythonClass(type) ?? type
  return Object.hasOwn(insteadOfTypes, name) ? insteadOfTypes[name] : undefined
}

/** The class name at the end of a dotted Python path; undefined for other types. */
export function pythonClass(type: string): string | undefined {
  return /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*\.([A-Z][A-Za-z0-9_]*)$/.exec(type)?.[1]
}

/** As in `max_tokens` for `maxTokens`; other names stay. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** A key that Haystack writes in another way. */
export interface RenamedKey {
  readonly path: DocumentPath
  readonly written: string
  readonly name: string
}

/** The value with the keys that the type has in camelCase where they are in snake_case, and which those are. */
export function camelCased<T>(
  type: SocketType,
  value: T,
  path: DocumentPath = [],
): { readonly value: T; readonly renamed: readonly RenamedKey[] } {
  const renamed: RenamedKey[] = []
  return { value: copy(type, value, path) as T, renamed }

  function copy(of: SocketType | undefined, part: unknown, place: DocumentPath): unknown {
    switch (of?.kind) {
      case 'array':
        return Array.isArray(part) ? part.map((item, index) => copy(of.items, item, [...place, index])) : part
      case 'record':
        return isPlainObject(part) ? copyObject(part, place, () => of.values) : part
      case 'union': {
        const [only, ...others] = of.members.filter(({ kind }) => kind === 'object' || kind === 'record')
        return others.length === 0 ? copy(only, part, place) : part
      }
      case 'object': {
        const { fields } = of
        const fieldOf = (key: string) => (Object.hasOwn(fields, key) ? fields[key]?.type : undefined)
        return isPlainObject(part) ? copyObject(part, place, fieldOf, fields) : part
      }
      default:
        return part
    }
  }

  function copyObject(
    part: Readonly<Record<string, unknown>>,
    place: DocumentPath,
    typeOf: (key: string) => SocketType | undefined,
    fields: object = {},
  ): object {
    return Object.fromEntries(
      Object.entries(part).map(([written, inside]) => {
        const camel = written.replace(/(?<=[a-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase())
        const isOther = !Object.hasOwn(fields, written) && Object.hasOwn(fields, camel)
        const name = isOther && !Object.hasOwn(part, camel) ? camel : written
        if (name !== written) renamed.push({ path: [...place, written], written, name })
        return [name, copy(typeOf(name), inside, [...place, name])]
      }),
    )
  }
}
