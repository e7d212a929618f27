/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // jest leaves one core to itself, which on two is half of them
  maxWorkers: '100%',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/apiserver/'],
  transform: { '^.+\\.ts$': 'ts-jest' },
};
