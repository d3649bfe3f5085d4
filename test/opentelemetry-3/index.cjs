// What the tests use of it: resolved from here, it is SDK 3.
module.exports = require('@opentelemetry/sdk-metrics');
