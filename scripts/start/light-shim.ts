/**
 * Silences the loggers of Fabric's chaincode libraries; import it before them.
 *
 * They format every debug message whatever the level, which costs a third of a contract's time, and print every
 * refusal. What a contract cannot handle is still told: the library's logger of unhandled exceptions is another one.
 */
interface LoggerModule {
  getLogger: (name?: string) => { silent: boolean };
}

for (const name of ['fabric-shim/lib/logger', 'fabric-contract-api/lib/logger']) {
  const module = require(name) as LoggerModule;
  const { getLogger } = module;
  module.getLogger = (logger) => Object.assign(getLogger(logger), { silent: true });
}
