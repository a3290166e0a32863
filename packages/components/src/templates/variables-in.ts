/**
 * The variables of a template that the compiler knows as a literal: `'y'` for `'x {{ y.z | upper }}'`. `string` where it
 * cannot tell: for other texts, statements and comments, calls, operators, and arguments of filters. Each `{{ … }}` is one
 * step; the compiler takes a thousand.
 */
export type VariablesIn<Template> = Template extends string
  ? string extends Template
    ? string
    : Template extends `${string}{${'%' | '#'}${string}`
      ? string
      : NamesIn<Template, never>
  : string

type NamesIn<
  Rest extends string,
  Found extends string,
> = Rest extends `${string}{{${infer Inside}}}${infer After}`
  ? string extends NameIn<Inside>
    ? string
    : NamesIn<After, Found | NameIn<Inside>>
  : Found

/** What makes an expression more than a variable, its attributes and filters without arguments. */
type Sign =
  | '('
  | '['
  | '{'
  | '"'
  | "'"
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '~'
  | '<'
  | '>'
  | '='
  | '!'
  | ','
  | ':'

type NameIn<Inside extends string> =
  Trimmed<WithoutMarks<Inside>> extends infer Expression extends string
    ? Expression extends `${string}${Sign}${string}`
      ? string
      : Expression extends `${infer Value}|${string}`
        ? Variable<Trimmed<Value>>
        : Variable<Expression>
    : string

type Variable<Value extends string> = Value extends `${string}${Space}${string}`
  ? string
  : Value extends `${infer Name}.${string}`
    ? Name
    : Value extends Constant | `${number}`
      ? never
      : Value extends GlobalName | ''
        ? string
        : Value

type Constant = 'true' | 'false' | 'none' | 'True' | 'False' | 'None'
type GlobalName = 'range' | 'dict' | 'lipsum' | 'cycler' | 'joiner' | 'namespace' | 'now' | 'self'

/** `{{- y -}}` takes the white space around it away. */
type WithoutMarks<Inside extends string> = Inside extends `${'-' | '+'}${infer Rest}`
  ? WithoutMarks<Rest>
  : Inside extends `${infer Rest}-`
    ? Rest
    : Inside

type Space = ' ' | '\n' | '\t' | '\r'

type Trimmed<Text extends string> = Text extends `${Space}${infer Rest}`
  ? Trimmed<Rest>
  : Text extends `${infer Rest}${Space}`
    ? Trimmed<Rest>
    : Text
