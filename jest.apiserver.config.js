const common = require('./jest.config.js');

/**
 * Tests that need a real API server, and minutes: npm run test:apiserver.
 * @type {import('jest').Config}
 */
module.exports = {
  ...common,
  roots: ['<rootDir>/test/apiserver'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 180_000,
  verbose: true,
};
