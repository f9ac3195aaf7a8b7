import type { LedgerClientName } from '../adapters/open-client';

/** One member's gateway, as its operator configures it. */
export interface GatewayConfig {
  readonly member: string;
  readonly host: string;
  readonly port: number;
  readonly channel: string;
  /** Index, outbox, documents, keys of writes (unless in a database server) and logs of this member; made when absent. */
  readonly dataFolder: string;
  /** PostgreSQL database of index, outbox and stores, which several processes of the member may share; absent: SQLite. */
  readonly databaseUrl?: string;
  readonly ledger: LedgerConfig;
  readonly tokens: { readonly issuer: string; readonly publicKeyPem: string };
  /** File with the consortium's fingerprint key, 64 hexadecimal characters. */
  readonly fingerprintKeyFile: string;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Tokens that anyone on this machine can make: the gateway then listens on loopback only. */
  readonly isDevelopment: boolean;
  /** Whether dates are moved on, closed and signed by themselves after their cut-off. Default: no. */
  readonly closing?: ClosingConfig;
  /** Folder where the member's own systems put files of entries down: `<folder>/<lane id>/<name>.ndjson` or `.csv`. */
  readonly dropFolder?: string;
  readonly rateLimit?: { readonly burst: number; readonly perSecond: number };
}

/** The automatic close. */
export interface ClosingConfig {
  readonly automatic: boolean;
  /** Minutes after the later cut-off of the pair; default 5. */
  readonly graceMinutes?: number;
}

/** The own peer and the identity this gateway acts with. */
export type LedgerConfig = PeerConfig & (KeyFiles | WalletEntry);

export interface PeerConfig {
  /** The client library that speaks to the network. */
  readonly client: LedgerClientName;
  /** host:port. */
  readonly endpoint: string;
  readonly tlsRootCertificateFile: string;
  /** Name in the peer's TLS certificate. */
  readonly serverName: string;
  /** The security module that holds the key of a wallet's identity; its PIN comes from HSM_PIN. */
  readonly hsm?: { readonly library: string; readonly label: string; readonly keyId?: string };
}

/** Certificate and private key, PEM. */
export interface KeyFiles {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** One identity of a file-system wallet. */
export interface WalletEntry {
  readonly wallet: { readonly folder: string; readonly label: string };
}

/** A configuration a gateway does not start with: which field, and what to do. */
export class GatewayConfigError extends Error {
  override readonly name = 'GatewayConfigError';
  constructor(
    readonly field: string,
    remedy: string,
  ) {
    super(`${field}: ${remedy}`);
  }
}
