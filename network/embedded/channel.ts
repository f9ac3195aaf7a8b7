/** An identity of the channel: a certificate under a member's MSP. */
export interface Identity {
  readonly mspId: string;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** A claim that an identity signed a message. */
export interface SignedData {
  readonly identity: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** What the roles need to know of the channel's configuration. */
export interface Channel {
  readonly id: string;
  /** MSP ids of the application organisations. */
  readonly organisations: readonly string[];
  /** @throws Error when the bytes name no certificate of a known MSP. */
  identity(serialized: Uint8Array): Identity;
  /** Whether the certificate's chain, role and revocation state are in order. */
  isValid(identity: Identity): boolean;
  /** When the certificate in a serialized identity ends, in milliseconds; Infinity when it cannot be read. */
  expiresAt(serialized: Uint8Array): number;
  /** @throws Error naming the policy when the signatures do not satisfy it. */
  checkPolicy(path: string, signed: readonly SignedData[]): void;
  /**
   * Verifies a signature beside the event loop and notes it when it is good, so that the checks that follow find it
   * done. It judges nothing: what is not noted is verified, and refused, by those checks.
   */
  verifyAhead(signed: SignedData): Promise<void>;
  /** Takes note of a good signature, so that the policies that ask for it again need not verify it again. */
  noteVerified(signed: SignedData): void;
  /** Whether the identity signed the message; notes it when it did. */
  isSigned(signed: SignedData): boolean;
  /** Evaluates a peer.ApplicationPolicy: a signature policy, or a reference to one of the channel's. */
  satisfies(applicationPolicy: Uint8Array, signed: readonly SignedData[]): boolean;
  /** Whether one identity alone, its signature checked before, satisfies a common.SignaturePolicyEnvelope. */
  isMember(signaturePolicy: Uint8Array, serialized: Uint8Array): boolean;
}

export const READERS = '/Channel/Application/Readers';
export const WRITERS = '/Channel/Application/Writers';
