/** Imported before Fabric's chaincode libraries, which otherwise tell every message they exchange. */
process.env['CORE_CHAINCODE_LOGGING_LEVEL'] ??= 'error';
