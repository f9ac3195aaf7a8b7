/** Fabric's chaincode libraries tell every decorator and every refusal; tests look at answers, not at logs. */
process.env['CORE_CHAINCODE_LOGGING_LEVEL'] = 'critical';
process.noDeprecation = true;
// So does the older client library's.
process.env['HFC_LOGGING'] ??= '{}';
