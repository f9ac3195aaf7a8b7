import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FabricCaError } from '../fabric-ca/ca-error';
import type { CaIdentity } from '../fabric-ca/ca-token';
import { FabricCa, splitChain, type Registration } from '../fabric-ca/fabric-ca';
import { CertificateAuthority, type KeyedCertificate } from './certificate-authority';
import { write } from './files';
import type { CertificateAuthorityDefinition } from './network-definition';

/** Who gives an organisation's nodes and users their certificates. */
export interface Issuer {
  issueIdentity(domain: string, unit: string, commonName: string): Promise<KeyedCertificate>;
  issueServer(domain: string, commonName: string, hosts: readonly string[]): Promise<KeyedCertificate>;
}

/** An organisation as far as its issuer must know it. */
export interface IssuingOrganisation {
  readonly mspId: string;
  readonly domain: string;
  readonly certificateAuthority?: CertificateAuthorityDefinition;
}

/**
 * Makes an organisation's development authorities, or asks its Fabric CA, and writes the roots where both have them.
 *
 * @throws FabricCaError.
 */
export async function createIssuer(place: string, organisation: IssuingOrganisation): Promise<Issuer> {
  const { certificateAuthority, domain } = organisation;
  if (certificateAuthority !== undefined) {
    const enrolment = await EnrolmentIssuer.open(organisation, certificateAuthority);
    for (const name of ['ca', 'tlsca']) write(join(place, name, 'ca.pem'), enrolment.rootPem);
    return enrolment;
  }
  for (const name of ['ca', 'tlsca']) {
    const authority = await CertificateAuthority.create(domain, `${name}.${domain}`);
    write(join(place, name, 'ca.pem'), authority.certificatePem);
    write(join(place, name, 'ca.key'), await authority.privateKeyPem(), 0o600);
  }
  return openIssuer(place, organisation);
}

/** The issuer of an organisation whose roots are there already. @throws FabricCaError. */
export async function openIssuer(place: string, organisation: IssuingOrganisation): Promise<Issuer> {
  const { certificateAuthority } = organisation;
  if (certificateAuthority !== undefined) return EnrolmentIssuer.open(organisation, certificateAuthority);
  const load = (name: string): Promise<CertificateAuthority> => {
    const read = (file: string): string => readFileSync(join(place, name, file), 'utf8');
    return CertificateAuthority.load(read('ca.pem'), read('ca.key'));
  };
  const [authority, tlsAuthority] = await Promise.all([load('ca'), load('tlsca')]);
  return {
    issueIdentity: (domain, unit, commonName) => authority.issueIdentity(domain, unit, commonName),
    issueServer: (domain, commonName, hosts) => tlsAuthority.issueServer(domain, commonName, hosts),
  };
}

/** Name of the environment variable that holds `id:secret` of an organisation's registrar. */
export function registrarVariable(mspId: string): string {
  return `CONCORDAT_CA_REGISTRAR_${mspId.replace(/[^A-Za-z0-9]/g, '_')}`;
}

/**
 * Registers and enrols with the organisation's own Fabric CA.
 *
 * Each identity's secret follows from the registrar's, so that a run that broke off enrols again what it had registered.
 */
class EnrolmentIssuer implements Issuer {
  private constructor(
    private readonly ca: FabricCa,
    private readonly registrar: CaIdentity,
    private readonly registrarSecret: string,
    readonly rootPem: string,
  ) {}

  static async open(
    { mspId }: IssuingOrganisation,
    { url, name, tlsRootFile }: CertificateAuthorityDefinition,
  ): Promise<EnrolmentIssuer> {
    if (!existsSync(tlsRootFile)) throw new FabricCaError('CA_UNTRUSTED', `there is no file ${tlsRootFile}`);
    const [, id = '', secret = ''] = /^([^:]+):(.+)$/.exec(process.env[registrarVariable(mspId)] ?? '') ?? [];
    if (id === '') throw new FabricCaError('CA_REGISTRAR_MISSING', `${registrarVariable(mspId)} is not set`);
    const ca = new FabricCa({ url, tlsRootPem: readFileSync(tlsRootFile, 'utf8') }, name);
    const { certificatePem, privateKeyPem, chainPem } = await ca.enroll(id, secret);
    const { rootPem, intermediatesPem } = splitChain(chainPem);
    if (intermediatesPem.length > 0) {
      throw new FabricCaError(
        'CA_CHAIN_UNSUPPORTED',
        `the CA of ${mspId} has a chain of ${chainPem.length} certificates`,
      );
    }
    return new EnrolmentIssuer(ca, { certificatePem, privateKeyPem }, secret, rootPem);
  }

  async issueIdentity(_domain: string, unit: string, commonName: string): Promise<KeyedCertificate> {
    const secret = this.#secretOf(commonName);
    try {
      await this.ca.register(this.registrar, { id: commonName, type: unit as Registration['type'], secret });
    } catch (error) {
      if (!(error instanceof FabricCaError && error.code === 'CA_IDENTITY_EXISTS')) throw error;
    }
    return this.ca.enroll(commonName, secret);
  }

  /** Of a node whose identity was issued before: a Fabric CA gives both to one registered id. */
  issueServer(_domain: string, commonName: string, hosts: readonly string[]): Promise<KeyedCertificate> {
    return this.ca.enroll(commonName, this.#secretOf(commonName), { profile: 'tls', hosts });
  }

  #secretOf(id: string): string {
    return createHmac('sha256', this.registrarSecret).update(id).digest('base64url');
  }
}
