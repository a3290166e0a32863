import { componentPackage } from '@millrace/core'
import { Glossary } from './glossary.ts'
import { measureText } from './measure-text.ts'
import { SummaryReport } from './summary-report.ts'
import { TextSplitter } from './text-splitter.ts'
import { TextSummarizer } from './text-summarizer.ts'

export { Glossary } from './glossary.ts'
export { measureText } from './measure-text.ts'
export { SummaryError, type SummaryErrorCode } from './summary-error.ts'
export { SummaryReport, type SummaryReportParameters } from './summary-report.ts'
export { TextSplitter } from './text-splitter.ts'
export { TextSummarizer } from './text-summarizer.ts'

/** What pipeline files may name, for a `Registry`. */
export const acmeSummaries = componentPackage({
  name: 'acme-summaries',
  components: [TextSplitter, TextSummarizer, SummaryReport],
  resources: [Glossary],
  tools: [measureText],
})
