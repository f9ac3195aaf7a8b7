/** What a request to a Fabric CA can end with, and what to do about it. */
export const CA_REMEDIES = {
  CA_UNREACHABLE: 'check that the server runs and that its URL and the firewall let this host reach it',
  CA_UNTRUSTED:
    "the server's TLS certificate does not lead to the pinned root, or names another host: check tlsRootFile and url",
  CA_ANSWER_INVALID:
    'the server answered what no Fabric CA answers: check that url leads to a Fabric CA of version 1.4 or newer',
  CA_AUTHENTICATION:
    'the id and secret, or the certificate of the caller, were not accepted: check them, and that they are of this CA',
  CA_FORBIDDEN:
    'the caller lacks the attribute for this (hf.Registrar.Roles, hf.Revoker, hf.GenCRL): act as the registrar',
  CA_SECRET_SPENT: 'the secret was wrong too often: have the registrar set a new one',
  CA_ENROLLMENT_DISABLED: 'the CA does not enrol: set registry.maxenrollments in its configuration',
  CA_NAME_UNKNOWN: 'this server has no CA of that name: leave the name out for its default, or correct it',
  CA_IDENTITY_EXISTS: 'an identity of that id is registered already: choose another id, or enrol with its secret',
  CA_IDENTITY_UNKNOWN: 'no identity of that id is registered: list those that are',
  CA_IDENTITY_REVOKED: 'the identity was revoked: register a new one',
  CA_CERTIFICATE_UNKNOWN: 'the CA has issued no certificate of that serial number and authority key id: check both',
  CA_CERTIFICATE_REVOKED: 'the certificate was revoked before: nothing is left to do, or enrol anew',
  CA_CERTIFICATE_EXPIRED: 'the certificate of the caller has expired: enrol again with the secret',
  CA_AFFILIATION: 'the affiliation does not exist, or lies outside the one of the caller: use one at or below it',
  CA_REGISTRAR_MISSING: 'set it to id:secret of an identity that may register others, for this run only',
  CA_CHAIN_UNSUPPORTED: 'name a CA whose own certificate is the root, or enrol with "concordat identity enroll"',
  CA_REQUEST_INVALID: 'the CA refused the request as it is: correct what the message names',
  CA_FAILED: 'the CA failed by itself: its log tells why; repeat when it is mended',
} as const;

export type FabricCaErrorCode = keyof typeof CA_REMEDIES;

/** Why a Fabric CA did not do what it was asked; the message ends with the remedy. */
export class FabricCaError extends Error {
  override readonly name = 'FabricCaError';

  constructor(
    readonly code: FabricCaErrorCode,
    said: string,
    /** The CA's own number for it, where it answered one. */
    readonly caCode?: number,
  ) {
    super(`${code}: ${said}. Remedy: ${CA_REMEDIES[code]}`);
  }
}

/** The CA's own codes, by ours; codes it keeps for its own faults are all others. @see fabric-ca lib/caerrors/servererror.go */
const OURS: Readonly<Partial<Record<FabricCaErrorCode, readonly number[]>>> = {
  CA_AUTHENTICATION: [2, 6, 20, 21, 23, 24, 25, 26, 33],
  CA_FORBIDDEN: [7, 35, 42, 43, 53, 54, 59, 71, 76, 78],
  CA_SECRET_SPENT: [73],
  CA_ENROLLMENT_DISABLED: [22],
  CA_NAME_UNKNOWN: [19],
  CA_IDENTITY_EXISTS: [74],
  CA_IDENTITY_UNKNOWN: [10, 11, 49, 56, 58, 63],
  CA_IDENTITY_REVOKED: [70],
  CA_CERTIFICATE_UNKNOWN: [8, 30, 67],
  CA_CERTIFICATE_REVOKED: [28, 66],
  CA_CERTIFICATE_EXPIRED: [27],
  CA_AFFILIATION: [16, 17, 44, 55, 60, 61, 62, 64],
  CA_REQUEST_INVALID: [1, 3, 4, 5, 9, 15, 31, 36, 37, 52, 57, 72, 77, 79, 80, 81, 82],
};

const BY_CA_CODE: ReadonlyMap<number, FabricCaErrorCode> = new Map(
  Object.entries(OURS).flatMap(([code, numbers]) => numbers.map((number) => [number, code as FabricCaErrorCode])),
);

/** Faults that the CA answers without a code of their own, although the caller can mend them. */
const UNCODED = /Invalid profile|required attributes are missing/;

/** Our code for one of the CA's; a fault of the CA itself where it names none that a caller can mend. */
export function translateCaCode(caCode: number, said = ''): FabricCaErrorCode {
  return BY_CA_CODE.get(caCode) ?? (UNCODED.test(said) ? 'CA_REQUEST_INVALID' : 'CA_FAILED');
}
