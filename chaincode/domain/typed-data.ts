import { Signature, TypedDataEncoder, recoverAddress } from 'ethers';

/** EIP-712 types of a party's act upon one version of one record. */
export const ACT_TYPES = {
  Act: [
    { name: 'channel', type: 'string' },
    { name: 'record', type: 'string' },
    { name: 'version', type: 'uint64' },
    { name: 'previous', type: 'bytes32' },
    { name: 'action', type: 'string' },
    { name: 'content', type: 'bytes32' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint64' },
  ],
};

/** What a party signs: `version` and `previous` are those of the version acted upon, `content` what the act establishes. */
export interface Act {
  readonly channel: string;
  readonly record: string;
  readonly version: number;
  /** Commitment of the version acted upon, 0x-prefixed. */
  readonly previous: string;
  readonly action: string;
  /** `contentHash` of the new version, 0x-prefixed. */
  readonly content: string;
  /** Decimal string. */
  readonly nonce: string;
  /** Last business date on which the signature holds, as the number yyyymmdd. */
  readonly deadline: number;
}

/** A signature as it travels and is kept in the record's `signatures` group. */
export interface PartySignature {
  readonly address: string;
  /** 65 bytes, 0x-prefixed hexadecimal. */
  readonly signature: string;
  readonly nonce: string;
  readonly deadline: number;
}

/** The EIP-712 domain: bound to the network by its genesis hash, so no signature is good on another one. */
export function signingDomain(genesisHash: string): { name: string; version: string; salt: string } {
  return { name: 'Concordat', version: '1', salt: `0x${genesisHash}` };
}

/**
 * The address that signed typed data, or undefined for anything but one exact, low-S, 65-byte signature.
 *
 * @see EIP-712; EIP-2 (low S)
 */
export function recoverSigner(
  genesisHash: string,
  types: Record<string, { name: string; type: string }[]>,
  message: Record<string, unknown>,
  signature: string,
): string | undefined {
  if (!/^0x[0-9a-f]{130}$/i.test(signature)) return undefined;
  try {
    const parsed = Signature.from(signature); // refuses high S
    if (parsed.serialized.toLowerCase() !== signature.toLowerCase()) return undefined;
    return recoverAddress(TypedDataEncoder.hash(signingDomain(genesisHash), types, message), parsed);
  } catch {
    return undefined;
  }
}
