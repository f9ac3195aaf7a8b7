#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '..', 'dist', 'scripts', 'cli.js');
if (!existsSync(main)) {
  console.error('concordat is not built yet: run "bash scripts/start.sh", or "npm ci && npm run build".');
  process.exit(2);
}
require(main);
