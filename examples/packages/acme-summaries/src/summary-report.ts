import { type Component, type Socket, t } from '@millrace/core'
import { readParameters } from '@millrace/core/component'

export interface SummaryReportParameters<Name extends string = string> {
  /** The inputs, each with the heading of its section. */
  readonly sections: { readonly [name in Name]: string }
}

/**
 * A report in Markdown with a section for each of its inputs, which its parameters name.
 *
 * @example
 * new SummaryReport({ sections: { mails: 'The mails', news: 'The news' } }).run({ mails: '…', news: '…' })
 */
export class SummaryReport<const Name extends string> implements Component {
  static readonly type = 'SummaryReport'
  static readonly description = 'A report in Markdown with a section for each of its inputs.'
  static readonly parameters = t.object({
    /** The inputs, each with the heading of its section. */
    sections: t.record(t.string(), { description: 'The inputs, each with the heading of its section.' }),
  })

  readonly inputs: { readonly [name in Name]: Socket<string> }
  readonly outputs = {
    /** The report. */
    report: t.string({ description: 'The report.' }),
  }
  readonly initParameters: SummaryReportParameters<Name>

  constructor(given: SummaryReportParameters<Name>) {
    this.initParameters = readParameters(SummaryReport, given)
    const entries = Object.entries<string>(this.initParameters.sections)
    // The names are those of the parameters, which the compiler knows by them.
    this.inputs = Object.fromEntries(
      entries.map(([name, heading]) => [name, t.string({ description: `The text under "${heading}".` })]),
    ) as typeof this.inputs
  }

  run(texts: { readonly [name in Name]: string }): { readonly report: string } {
    const sections = Object.entries<string>(this.initParameters.sections)
    return {
      report: sections.map(([name, heading]) => `## ${heading}\n\n${texts[name as Name]}\n`).join('\n'),
    }
  }
}
