/** That of this package, for whoever keeps a log of the other side. A bundle has no package.json to read. */
export const VERSION = '0.1.0'
