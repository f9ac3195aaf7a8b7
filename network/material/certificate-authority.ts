import 'reflect-metadata';
import { createPrivateKey, webcrypto, type KeyObject } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  cryptoProvider,
  X509Certificate,
} from '@peculiar/x509';

cryptoProvider.set(webcrypto as unknown as Parameters<typeof cryptoProvider.set>[0]);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const TEN_YEARS_MS = 10 * 365 * 24 * 3600 * 1000;

/** A certificate and its private key (PKCS#8), both PEM. */
export interface KeyedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Issues certificates for one organisation; the key stays in this object and in the file it was loaded from. */
export class CertificateAuthority {
  private constructor(
    private readonly certificate: X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
    readonly certificatePem: string,
  ) {}

  /** A fresh self-signed authority for an organisation's domain; `commonName` is `ca.<domain>` or `tlsca.<domain>`. */
  static async create(domain: string, commonName: string): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const { notBefore, notAfter } = validity();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: subject(domain, undefined, commonName),
      keys,
      notBefore,
      notAfter,
      signingAlgorithm: ALGORITHM,
      serialNumber: serialNumber(),
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(
          KeyUsageFlags.digitalSignature |
            KeyUsageFlags.keyEncipherment |
            KeyUsageFlags.keyCertSign |
            KeyUsageFlags.cRLSign,
          true,
        ),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(certificate, keys, certificate.toString('pem'));
  }

  /** The authority of a certificate and its PKCS#8 key, both PEM. */
  static async load(certificatePem: string, privateKeyPem: string): Promise<CertificateAuthority> {
    const certificate = new X509Certificate(certificatePem);
    const der = createPrivateKey(privateKeyPem).export({ format: 'der', type: 'pkcs8' });
    const privateKey = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']);
    const publicKey = (await certificate.publicKey.export(ALGORITHM, ['verify'])) as webcrypto.CryptoKey;
    return new CertificateAuthority(certificate, { privateKey, publicKey }, certificatePem);
  }

  /** An identity certificate with its node OU. */
  issueIdentity(domain: string, unit: string, commonName: string): Promise<KeyedCertificate> {
    return this.#issue(subject(domain, unit, commonName), [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    ]);
  }

  /** A server certificate for host names and addresses. */
  issueServer(domain: string, commonName: string, hosts: readonly string[]): Promise<KeyedCertificate> {
    const names = hosts.map((value) => ({ type: /^[0-9.]+$/.test(value) ? ('ip' as const) : ('dns' as const), value }));
    return this.#issue(subject(domain, undefined, commonName), [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(names),
    ]);
  }

  /** A revocation list of these serial numbers (hexadecimal), PEM, valid for ten years. */
  async revocationList(serials: readonly string[]): Promise<string> {
    const { notBefore, notAfter } = validity();
    const list = await X509CrlGenerator.create({
      issuer: this.certificate.subject,
      thisUpdate: notBefore,
      nextUpdate: notAfter,
      entries: serials.map((serial) => ({ serialNumber: serial, revocationDate: notBefore })),
      signingAlgorithm: ALGORITHM,
      signingKey: this.keys.privateKey,
      extensions: [await AuthorityKeyIdentifierExtension.create(this.keys.publicKey)],
    });
    // The label of RFC 7468; Go's parser takes no other.
    return list.toString('pem').replaceAll('CRL-----', 'X509 CRL-----').replaceAll('X509 X509', 'X509');
  }

  async #issue(
    name: string,
    extensions: (KeyUsagesExtension | ExtendedKeyUsageExtension | SubjectAlternativeNameExtension)[],
  ): Promise<KeyedCertificate> {
    const keys = await newKeys();
    const { notBefore, notAfter } = validity();
    const certificate = await X509CertificateGenerator.create({
      subject: name,
      issuer: this.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      notBefore,
      notAfter,
      signingAlgorithm: ALGORITHM,
      serialNumber: serialNumber(),
      extensions: [
        ...extensions,
        new BasicConstraintsExtension(false, undefined, true),
        await AuthorityKeyIdentifierExtension.create(this.keys.publicKey),
      ],
    });
    return { certificatePem: certificate.toString('pem'), privateKeyPem: await privateKeyPem(keys) };
  }

  privateKeyPem(): Promise<string> {
    return privateKeyPem(this.keys);
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function privateKeyPem({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  const key: KeyObject = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  return key.export({ format: 'pem', type: 'pkcs8' }) as string;
}

/** Subject in the order cryptogen uses, so that client ids read the same on both ledgers. */
function subject(domain: string, unit: string | undefined, commonName: string): string {
  const parts = [
    'C=US',
    'ST=California',
    'L=San Francisco',
    ...(unit === undefined ? [`O=${domain}`] : [`OU=${unit}`]),
    `CN=${commonName}`,
  ];
  return parts.join(', ');
}

/** Five minutes back, so that a clock a little behind accepts a fresh certificate; whole seconds, as X.509 keeps them. */
function validity(): { notBefore: Date; notAfter: Date } {
  const start = Math.floor(Date.now() / 1000) * 1000 - 300_000;
  return { notBefore: new Date(start), notAfter: new Date(start + TEN_YEARS_MS) };
}

function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
