import tseslint from 'typescript-eslint';

/** Globals that would let a pure module see the world. */
const WORLD = ['console', 'Date', 'performance', 'process', 'setImmediate', 'setInterval', 'setTimeout'];

export default tseslint.config(
  { ignores: ['dist', 'build', 'var', 'training', 'src/native/raster/assembly', '**/*.js', '**/*.mjs', '*.config.ts'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './web/tsconfig.json', './client/tsconfig.json', './extension/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  {
    rules: {
      // The narrower rule below allows `!` on an index that a loop bounds.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Ports are async by contract; an implementation need not wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "TSNonNullExpression:not([expression.type='MemberExpression'][expression.computed=true])",
          message: 'Use ! only on an index the loop bounds; otherwise narrow or assert().',
        },
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
      ],
    },
  },
  { files: ['bench/**', 'src/server/cli/**'], rules: { 'no-console': 'off' } },
  {
    files: ['src/base/**', 'src/media/**'],
    ignores: ['src/base/clock.ts'],
    rules: {
      'no-restricted-globals': ['error', ...WORLD],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
    },
  },
);
