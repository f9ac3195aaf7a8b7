export type MemberKind = 'platform' | 'bank' | 'logistics' | 'arbitration';
export interface Member {
  readonly mspId: string;
  readonly kind: MemberKind;
  readonly name: string;
  readonly nameZh: string;
}

/** What every member agrees the network is; set once, endorsed by a majority, checked by each gateway against its own block 0. */
export interface NetworkDescription {
  readonly channel: string;
  /** Header hash of block 0, hexadecimal: the salt of every EIP-712 domain. */
  readonly genesisHash: string;
  readonly members: readonly Member[];
  /** SHA-256 of the key that fingerprints are made under. */
  readonly fingerprintKeyHash: string;
}

/** A party's signing key, attested by its platform and its bank. */
export interface KeyBinding {
  /** Checksummed Ethereum address of the secp256k1 key. */
  readonly address: string;
  readonly partyId: string;
  readonly platform: string;
  readonly bank: string;
  readonly status: 'proposed' | 'active' | 'revoked';
  /** Business dates, inclusive. */
  readonly validFrom: string;
  readonly validTo: string;
}

/** State of one document's fingerprint in the registry of financings. */
export interface FinancingClaim {
  readonly fingerprint: string;
  readonly status: 'unique' | 'duplicate' | 'financed' | 'cancelled';
  /** Record the fingerprint was registered for. */
  readonly recordId: string;
  readonly registeredBy: string;
  /** Bank that holds the claim; null until financed. */
  readonly bank: string | null;
  /** SHA-256 of the salted financing terms the holder signed; null until financed. */
  readonly terms: string | null;
}
