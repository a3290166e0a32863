// Parts for the tests of pipelines with models: @millrace/llama-cpp/testing.

export { type RecordedEngineOptions, recordedEngine } from '../engines/recorded/recorded-engine.ts'
