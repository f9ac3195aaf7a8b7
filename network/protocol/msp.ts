import { X509Certificate } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import { decoding, MspError } from './errors';
import type { Identity } from './identity';
import { parseIdentity } from './identity';
import { isRevoked, parseRevocationList, type RevocationList } from './revocation-list';

export type NodeRole = 'client' | 'peer' | 'admin' | 'orderer';

interface NodeOus {
  readonly enabled: boolean;
  readonly names: ReadonlyMap<NodeRole, string>;
}

type Verdict = { readonly error?: MspError };

/** One member's rules of identity: roots, intermediates, admins, node OUs, revocations. @see fabric msp/mspimpl.go (v1.4.3) */
export class Msp {
  readonly #verdicts = new WeakMap<Identity, Verdict>();

  private constructor(
    readonly mspId: string,
    readonly rootCertificates: readonly X509Certificate[],
    private readonly intermediates: readonly X509Certificate[],
    private readonly admins: readonly X509Certificate[],
    private readonly nodeOus: NodeOus,
    private readonly revocations: readonly RevocationList[],
  ) {}

  /** Reads `msp.MSPConfig` of type FABRIC (0). @throws ProtocolError. */
  static fromConfigBytes(bytes: Uint8Array): Msp {
    return decoding('MSP configuration', () => {
      const outer = msp.MSPConfig.deserializeBinary(bytes);
      if (outer.getType() !== 0) throw new Error('only X.509 membership is known');
      const config = msp.FabricMSPConfig.deserializeBinary(outer.getConfig_asU8());
      const certificates = (list: Uint8Array[]): X509Certificate[] => list.map((pem) => new X509Certificate(pem));
      return new Msp(
        config.getName(),
        certificates(config.getRootCertsList_asU8()),
        certificates(config.getIntermediateCertsList_asU8()),
        certificates(config.getAdminsList_asU8()),
        nodeOusOf(config),
        config.getRevocationListList_asU8().map(parseRevocationList),
      );
    });
  }

  /**
   * Parses a certificate that this member's authorities issued.
   *
   * A chain to a root is asked for already here, as a peer does when it normalises the certificate's signature.
   *
   * @throws MspError when the bytes are no certificate, or one of another authority.
   * @see fabric msp/mspimpl.go sanitizeCert
   */
  deserialize(pem: Uint8Array): Identity {
    const identity = parseIdentity(this.mspId, pem);
    const isRoot = this.rootCertificates.some((root) => root.raw.equals(identity.certificate.raw));
    if (!isRoot) this.#issuerOf(identity.certificate);
    return identity;
  }

  /** Accepts an identity or says why not; the verdict is kept. @throws MspError in Fabric's words. */
  validate(identity: Identity): void {
    let verdict = this.#verdicts.get(identity);
    if (verdict === undefined) {
      try {
        this.#check(identity);
        verdict = {};
      } catch (error) {
        verdict = { error: error as MspError };
      }
      this.#verdicts.set(identity, verdict);
    }
    if (verdict.error !== undefined) throw verdict.error;
  }

  isAdmin(identity: Identity): boolean {
    return this.admins.some((admin) => admin.raw.equals(identity.certificate.raw));
  }

  hasRole(identity: Identity, role: NodeRole): boolean {
    const name = this.nodeOus.names.get(role);
    return name !== undefined && identity.organizationalUnits.includes(name);
  }

  #check(identity: Identity): void {
    const { certificate } = identity;
    if (certificate.publicKey.asymmetricKeyType !== 'ec') {
      throw new MspError("could not validate identity's public key algorithm");
    }
    if (certificate.ca) {
      throw new MspError(
        'could not obtain certification chain: An X509 certificate with Basic Constraint: Certificate Authority equals true cannot be used as an identity',
      );
    }
    const issuer = this.#issuerOf(certificate);
    if (this.revocations.some((list) => isRevoked(list, certificate, issuer))) {
      throw new MspError('could not validate identity against certification chain: The certificate has been revoked');
    }
    this.#checkNodeOu(identity);
  }

  /** The CA that signed a certificate, up to a root. Judged one second after NotBefore: Fabric identities do not expire. */
  #issuerOf(certificate: X509Certificate): X509Certificate {
    const at = Date.parse(certificate.validFrom) + 1000;
    const signedBy = (child: X509Certificate, ca: X509Certificate): boolean =>
      ca.ca &&
      Date.parse(ca.validFrom) <= at &&
      at <= Date.parse(ca.validTo) &&
      child.checkIssued(ca) &&
      child.verify(ca.publicKey);
    const reachesRoot = (ca: X509Certificate, depth: number): boolean =>
      this.rootCertificates.some((root) => root.raw.equals(ca.raw) || signedBy(ca, root)) ||
      (depth < 8 && this.intermediates.some((next) => signedBy(ca, next) && reachesRoot(next, depth + 1)));
    for (const ca of [...this.rootCertificates, ...this.intermediates]) {
      if (signedBy(certificate, ca) && reachesRoot(ca, 0)) return ca;
    }
    throw new MspError(
      'could not obtain certification chain: the supplied identity is not valid: x509: certificate signed by unknown authority',
    );
  }

  #checkNodeOu(identity: Identity): void {
    if (!this.nodeOus.enabled) return;
    const names = new Set(this.nodeOus.names.values());
    const count = identity.organizationalUnits.filter((unit) => names.has(unit)).length;
    const prefix = "could not validate identity's OUs: ";
    if (count === 0) {
      throw new MspError(
        `${prefix}the identity does not have an OU that resolves to client, peer, orderer, or admin role. MSP: [${this.mspId}]`,
      );
    }
    if (count > 1) {
      throw new MspError(
        `${prefix}the identity must have a client, a peer, an orderer, or an admin OU role to be valid, not a combination of them. MSP: [${this.mspId}]`,
      );
    }
  }
}

function nodeOusOf(config: msp.FabricMSPConfig): NodeOus {
  const ous = config.getFabricNodeOus();
  const rows: [NodeRole, msp.FabricOUIdentifier | undefined][] = [
    ['client', ous?.getClientOuIdentifier()],
    ['peer', ous?.getPeerOuIdentifier()],
    ['admin', ous?.getAdminOuIdentifier()],
    ['orderer', ous?.getOrdererOuIdentifier()],
  ];
  const names = rows.flatMap(([role, ou]): [NodeRole, string][] =>
    ou ? [[role, ou.getOrganizationalUnitIdentifier()]] : [],
  );
  return { enabled: ous?.getEnable() ?? false, names: new Map(names) };
}

const ROLE_OF = new Map<number, NodeRole>([
  [msp.MSPRole.MSPRoleType.CLIENT, 'client'],
  [msp.MSPRole.MSPRoleType.PEER, 'peer'],
  [msp.MSPRole.MSPRoleType.ADMIN, 'admin'],
  [msp.MSPRole.MSPRoleType.ORDERER, 'orderer'],
]);

/** Whether an identity of this MSP plays a role. @see fabric msp/mspimpl.go satisfiesPrincipalInternalV142 */
export function satisfiesRole(provider: Msp, identity: Identity, role: number): boolean {
  if (identity.mspId !== provider.mspId) return false;
  if (role === msp.MSPRole.MSPRoleType.ADMIN && provider.isAdmin(identity)) return true;
  try {
    provider.validate(identity);
  } catch {
    return false;
  }
  if (role === msp.MSPRole.MSPRoleType.MEMBER) return true;
  const name = ROLE_OF.get(role);
  return name !== undefined && provider.hasRole(identity, name);
}
