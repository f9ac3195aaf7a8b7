import tseslint from 'typescript-eslint';

const deterministic = [
  ['Date', 'A transaction knows no clock: use the declared time or the business date.'],
  ['process', 'A contract has no environment.'],
  ['setTimeout', 'A contract does not wait.'],
  ['setInterval', 'A contract does not wait.'],
  ['setImmediate', 'A contract does not wait.'],
  ['performance', 'A transaction knows no clock.'],
  ['fetch', 'A contract does no input or output.'],
  ['Intl', 'Locales differ between peers.'],
  ['parseFloat', 'No floating point near money.'],
];
const banned = [
  ['Math', 'random', 'Randomness differs between peers: derive it from the request.'],
  ['Object', 'groupBy', 'Not in Node.js 20.'],
];

export default tseslint.config(
  { ignores: ['bin/**', 'dist/**', '.build/**', 'node_modules/**', 'docs/**', '.concordat/**', 'gateway/web/public/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/no-require-imports': 'off',
      'max-lines': ['error', { max: 300, skipComments: true, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'max-params': ['error', 6],
      'max-len': [
        'error',
        { code: 136, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true },
      ],
      complexity: ['error', 18],
      eqeqeq: 'error',
      'no-console': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 500 }],
    },
  },
  {
    // Decision 15: what runs on every peer must give every peer the same answer.
    files: ['chaincode/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...deterministic.map(([name, message]) => ({ name, message }))],
      'no-restricted-properties': [
        'error',
        ...banned.map(([object, property, message]) => ({ object, property, message })),
        { property: 'toLocaleString', message: 'Locales differ between peers.' },
        { property: 'localeCompare', message: 'Locales differ between peers.' },
        { property: 'randomBytes', message: 'Randomness differs between peers.' },
        { property: 'randomUUID', message: 'Randomness differs between peers.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            'fs',
            'node:fs',
            'os',
            'node:os',
            'net',
            'node:net',
            'http',
            'node:http',
            'child_process',
            'node:child_process',
          ],
        },
      ],
    },
  },
);
