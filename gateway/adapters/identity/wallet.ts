import '../fabric-network/silent';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  Wallets,
  type HsmX509Identity,
  type Identity,
  type IdentityData,
  type IdentityProvider,
  type X509Identity,
} from 'fabric-network';

/** An identity as a wallet keeps it: with its key, or without when a security module holds that. */
export type WalletIdentity = X509Identity | HsmX509Identity;

export type WalletErrorCode = 'WALLET_MISSING' | 'IDENTITY_MISSING' | 'IDENTITY_KIND_UNKNOWN';

/** A wallet that does not give what was asked of it, with the remedy. */
export class WalletError extends Error {
  override readonly name = 'WalletError';
  constructor(
    readonly code: WalletErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads one identity of a file-system wallet, in the form every Fabric client of the 2.x line writes.
 *
 * @throws WalletError WALLET_MISSING, IDENTITY_MISSING, IDENTITY_KIND_UNKNOWN.
 */
export async function readWallet(folder: string, label: string): Promise<WalletIdentity> {
  const wallet = await openWallet(folder);
  const identity = existsSync(join(folder, `${label}.id`)) ? await wallet.get(label) : undefined;
  if (identity === undefined) {
    const known = (await wallet.list()).join(', ') || 'none';
    throw new WalletError('IDENTITY_MISSING', `${folder} has no identity ${label} (it has: ${known})`);
  }
  if (isKnown(identity)) return identity;
  throw new WalletError('IDENTITY_KIND_UNKNOWN', `${label} is of kind ${identity.type}: X.509 or HSM-X.509 is read`);
}

/** Puts an identity into a file-system wallet; the folder is made when absent. Whoever reads it can sign. */
export async function writeWallet(folder: string, label: string, identity: WalletIdentity): Promise<void> {
  const wallet = await Wallets.newFileSystemWallet(folder);
  if (identity.type === 'HSM-X.509') wallet.getProviderRegistry().addProvider(new CertificateOnly());
  await wallet.put(label, identity);
}

/** Label, kind and member of every identity. @throws WalletError WALLET_MISSING. */
export async function listWallet(folder: string): Promise<{ label: string; type: string; mspId: string }[]> {
  const wallet = await openWallet(folder);
  const labels = (await wallet.list()).sort();
  const found = await Promise.all(labels.map(async (label) => ({ label, identity: await wallet.get(label) })));
  return found.flatMap(({ label, identity }) =>
    identity === undefined ? [] : [{ label, type: identity.type, mspId: identity.mspId }],
  );
}

async function openWallet(folder: string): Promise<Awaited<ReturnType<typeof Wallets.newFileSystemWallet>>> {
  if (!existsSync(folder)) throw new WalletError('WALLET_MISSING', `there is no wallet in ${folder}`);
  const wallet = await Wallets.newFileSystemWallet(folder);
  wallet.getProviderRegistry().addProvider(new CertificateOnly());
  return wallet;
}

function isKnown(identity: Identity): identity is WalletIdentity {
  return identity.type === 'X.509' || identity.type === 'HSM-X.509';
}

/**
 * Reads and writes identities whose key a security module holds, in the library's own format, without opening the module.
 *
 * The library's own provider opens it already to read a file.
 * @see fabric-network lib/impl/wallet/hsmx509identity.js
 */
class CertificateOnly implements IdentityProvider {
  readonly type = 'HSM-X.509';

  fromJson(data: IdentityData): Identity {
    const { mspId, credentials } = data as IdentityData & HsmX509Identity;
    return { type: this.type, mspId, credentials: { certificate: credentials.certificate } } as Identity;
  }

  toJson(identity: Identity): IdentityData {
    const { credentials, mspId } = identity as HsmX509Identity;
    const data = { credentials: { certificate: credentials.certificate }, mspId, type: this.type, version: 1 };
    return data;
  }

  getCryptoSuite(): never {
    throw new Error('the security module is opened by the gateway, not by the wallet');
  }

  getUserContext(): never {
    throw new Error('the security module is opened by the gateway, not by the wallet');
  }
}
