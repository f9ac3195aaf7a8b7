import { readFileSync } from 'node:fs';
import { hsmIdentity } from '../adapters/identity/hsm';
import { softwareIdentity, type SigningIdentity } from '../adapters/identity/signing-identity';
import { GatewayConfigError, type LedgerConfig } from './gateway-config';

/** Where a security module's PIN is taken from. */
const PIN = 'HSM_PIN';

/**
 * The identity a gateway acts with: two PEM files, or one of a wallet, its key there or in a security module.
 *
 * @throws GatewayConfigError ledger.wallet, ledger.hsm, ledger.client, HSM_PIN.
 */
export async function openIdentity(mspId: string, config: LedgerConfig): Promise<SigningIdentity> {
  if (!('wallet' in config)) {
    return softwareIdentity(mspId, readFileSync(config.certificateFile), readFileSync(config.privateKeyFile));
  }
  const { folder, label } = config.wallet;
  // Loaded when it is wanted: the library behind it takes half a second.
  const { readWallet } = await import('../adapters/identity/wallet.js');
  const found = await readWallet(folder, label).catch((error: Error): never => {
    throw new GatewayConfigError('ledger.wallet', `${error.message}; "concordat wallet import" puts one in`);
  });
  if (found.mspId !== mspId) throw new GatewayConfigError('ledger.wallet', `${label} is of ${found.mspId}`);
  const certificate = Buffer.from(found.credentials.certificate);
  if (found.type === 'X.509') return softwareIdentity(mspId, certificate, Buffer.from(found.credentials.privateKey));
  return openModule(mspId, certificate, config);
}

function openModule(mspId: string, certificate: Uint8Array, { hsm, client }: LedgerConfig): SigningIdentity {
  if (hsm === undefined) throw new GatewayConfigError('ledger.hsm', "name the module's library and token");
  if (client !== 'fabric-gateway')
    throw new GatewayConfigError('ledger.client', 'a security module needs fabric-gateway');
  const pin = process.env[PIN];
  if (pin === undefined || pin === '') throw new GatewayConfigError(PIN, 'set it to the PIN of the token');
  try {
    return hsmIdentity(mspId, certificate, { ...hsm, pin });
  } catch (error) {
    throw new GatewayConfigError('ledger.hsm', (error as Error).message);
  }
}
