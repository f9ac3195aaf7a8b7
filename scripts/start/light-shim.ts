/**
 * Lightens Fabric's chaincode libraries; import it before them.
 *
 * They format every debug message whatever the level, which costs a third of a contract's time, and print every
 * refusal. What a contract cannot handle is still told: the library's logger of unhandled exceptions is another one.
 * And they parse the creator's certificate anew for every transaction, in JavaScript, which is another fifth; the same
 * text gives the same certificate, so a parsed one is kept.
 */
interface LoggerModule {
  getLogger: (name?: string) => { silent: boolean };
}

interface CertificateModule {
  readonly Certificate: { fromPEM: (pem: string) => unknown };
}

const KEPT_CERTIFICATES = 1_000;

for (const name of ['fabric-shim/lib/logger', 'fabric-contract-api/lib/logger']) {
  const module = require(name) as LoggerModule;
  const { getLogger } = module;
  module.getLogger = (logger) => Object.assign(getLogger(logger), { silent: true });
}

const shim = require.resolve('fabric-shim');
const { Certificate } = require(require.resolve('@fidm/x509', { paths: [shim] })) as CertificateModule;
const parse = Certificate.fromPEM;
const parsed = new Map<string, unknown>();
Certificate.fromPEM = (pem) => {
  let certificate = parsed.get(pem);
  if (certificate === undefined) {
    certificate = parse(pem);
    if (parsed.size >= KEPT_CERTIFICATES) parsed.clear();
    parsed.set(pem, certificate);
  }
  return certificate;
};
