// The whole public surface.

export type { VariableUse } from './compile-expression.ts'
export type { OwnFunction, OwnTag } from './extensions.ts'
export { JinjaError, type JinjaErrorCode, type LimitName } from './jinja-error.ts'
export { defaultLimits, type Limits } from './run.ts'
export { type RenderOptions, Template, type TemplateOptions } from './template.ts'
export { TemplateObject } from './values.ts'
