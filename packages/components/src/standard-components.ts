import { componentPackage } from '@millrace/core'
import { Constant } from './adapters/constant.ts'
import { JsonParser } from './adapters/json-parser.ts'
import { OutputAdapter } from './adapters/output-adapter.ts'
import { Agent } from './agent/agent.ts'
import { AnswerBuilder } from './builders/answer-builder.ts'
import { ChatPromptBuilder } from './builders/chat-prompt-builder.ts'
import { PromptBuilder } from './builders/prompt-builder.ts'
import { FallbackChatGenerator } from './generators/fallback-chat-generator.ts'
import { ScriptedChatGenerator } from './generators/scripted-chat-generator.ts'
import { AnswerJoiner } from './joiners/answer-joiner.ts'
import { BranchJoiner } from './joiners/branch-joiner.ts'
import { ListJoiner } from './joiners/list-joiner.ts'
import { StringJoiner } from './joiners/string-joiner.ts'
import { ConditionalRouter } from './routers/conditional-router.ts'
import { FileTypeRouter } from './routers/file-type-router.ts'
import { MessagesRouter } from './routers/messages-router.ts'
import { MetadataRouter } from './routers/metadata-router.ts'
import { ComponentTool } from './tools/component-tool.ts'
import { PipelineTool } from './tools/pipeline-tool.ts'
import { ToolInvoker } from './tools/tool-invoker.ts'
import { JsonSchemaValidator } from './validators/json-schema-validator.ts'

/** The components and tools of this package, for a `Registry`. */
export const standardComponents = componentPackage({
  name: '@millrace/components',
  components: [
    ...[PromptBuilder, ChatPromptBuilder, AnswerBuilder],
    ...[ConditionalRouter, FileTypeRouter, MetadataRouter, MessagesRouter],
    ...[BranchJoiner, ListJoiner, StringJoiner, AnswerJoiner],
    ...[OutputAdapter, JsonParser, Constant],
    ...[JsonSchemaValidator, ToolInvoker, Agent],
    ...[FallbackChatGenerator, ScriptedChatGenerator],
  ],
  resources: [ComponentTool, PipelineTool],
})
