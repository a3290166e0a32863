// Everything that has a name in templates. What is not here is refused before a template runs.

/** The functions that every template may call. */
export const templateFunctions = ['namespace', 'raise_exception', 'range']

/** The filters of every template; `image` is there in some. */
export const templateFilters = [
  'abs',
  'bool',
  'capitalize',
  'default',
  'dictsort',
  'first',
  'float',
  'indent',
  'int',
  'items',
  'join',
  'last',
  'length',
  'list',
  'lower',
  'map',
  'rejectattr',
  'replace',
  'reverse',
  'round',
  'safe',
  'selectattr',
  'sort',
  'string',
  'title',
  'tojson',
  'trim',
  'truncate',
  'unique',
  'upper',
]

/** Other names of filters, as in Jinja. */
export const filterAliases: Readonly<Record<string, string>> = { count: 'length', d: 'default' }

export const templateTests = [
  'boolean',
  'defined',
  'even',
  'false',
  'integer',
  'iterable',
  'lower',
  'mapping',
  'none',
  'number',
  'odd',
  'sequence',
  'string',
  'true',
  'undefined',
  'upper',
]

/** The methods of texts and objects. */
export const templateMethods = [
  'capitalize',
  'dictsort',
  'endswith',
  'get',
  'items',
  'keys',
  'lower',
  'lstrip',
  'replace',
  'rstrip',
  'split',
  'startswith',
  'strip',
  'title',
  'upper',
  'values',
]

export const messageFields = ['role', 'name', 'meta']

/** Filters that need their parentheses even when nothing stands in them. */
export const calledFilters = ['default', 'indent', 'join', 'round', 'tojson', 'truncate']
