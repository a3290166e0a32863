#!/usr/bin/env node
// Stands in the source tree, so that an install finds it before the first build.
import '../dist/main.js'
