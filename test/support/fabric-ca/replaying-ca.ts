import { createPublicKey, verify, webcrypto, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Pkcs10CertificateRequest, X509CertificateGenerator, X509Certificate as Parsed } from '@peculiar/x509';
import type { CaEndpoint } from '../../../network/fabric-ca/ca-transport';
import { CertificateAuthority } from '../../../network/material/certificate-authority';
import { isLowS } from '../../../network/protocol/low-s';
import type { Exchange, Recording } from './exchanges';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const UNAUTHENTICATED =
  '{"result":"","errors":[{"code":20,"message":"Authentication failure"}\n],"messages":[],"success":false}';

interface Received {
  readonly method: string;
  readonly uri: string;
  readonly body: string;
  readonly authorization: string;
}

/**
 * Answers what was recorded, to whoever the real server would have let in.
 *
 * A token is verified as `util.VerifyToken` does, from its own bytes: certificate of this CA, low-S signature over
 * method, URI, body and certificate. A request for a certificate is signed by the recorded CA's key, over the key asked for.
 */
export class ReplayingCa {
  endpoint!: CaEndpoint;
  /** Answered to everything instead, when set. */
  instead: string | undefined;
  #server: Server | undefined;

  constructor(private readonly recording: Recording) {}

  async start(hosts: readonly string[] = ['127.0.0.1']): Promise<void> {
    const authority = await CertificateAuthority.create('ca.test', 'tlsca.ca.test');
    const { certificatePem: cert, privateKeyPem: key } = await authority.issueServer('ca.test', 'ca', hosts);
    const server = createServer({ cert, key }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: uri = '', headers } = request;
        const body = Buffer.concat(chunks).toString('utf8');
        const { authorization = '' } = headers;
        void this.#answer({ method, uri, body, authorization }).then((text) => response.end(text));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.endpoint = { url: `https://127.0.0.1:${port}`, tlsRootPem: authority.certificatePem };
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.#server?.close(done));
  }

  async #answer(received: Received): Promise<string> {
    if (this.instead !== undefined) return this.instead;
    const wanted = withoutRequest(received.body);
    const sameCall = ({ asked }: Exchange): boolean =>
      asked.method === received.method && asked.uri === received.uri && withoutRequest(asked.body) === wanted;
    const found = this.recording.exchanges
      .filter(sameCall)
      .find(({ asked }) => sameCaller(asked.authorization, received));
    if (received.authorization !== '' && !this.#isKnown(received)) return UNAUTHENTICATED;
    if (found === undefined) return `{"result":"","errors":[{"code":5,"message":"never recorded"}],"success":false}`;
    const { certificate_request: request } = JSON.parse(received.body || '{}') as { certificate_request?: string };
    const answer = JSON.parse(found.answered) as { success: boolean; result: { Cert: string } };
    if (request === undefined || !answer.success) return found.answered;
    return found.answered.replace(answer.result.Cert, await this.#sign(request));
  }

  /** The certificate the recorded authority gives for a request, as the server encodes it. */
  async #sign(requestPem: string): Promise<string> {
    const request = new Pkcs10CertificateRequest(requestPem);
    if (!(await request.verify())) throw new Error('the request is not signed by its own key');
    const { certificatePem, privateKeyPem } = this.recording.ca;
    const der = Buffer.from(privateKeyPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const signingKey = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']);
    const certificate = await X509CertificateGenerator.create({
      subject: request.subjectName,
      issuer: new Parsed(certificatePem).subjectName,
      publicKey: request.publicKey,
      signingKey,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 3_600_000),
    });
    return Buffer.from(`${certificate.toString('pem')}\n`).toString('base64');
  }

  #isKnown({ method, uri, body, authorization }: Received): boolean {
    const basic = (asked: Exchange['asked']): boolean => asked.authorization === authorization;
    if (authorization.startsWith('Basic ')) {
      return this.recording.exchanges.some(({ asked, answered }) => basic(asked) && !answered.includes('"code":20'));
    }
    const [certificate64 = '', signature64 = '', ...more] = authorization.split('.');
    if (more.length > 0) return false;
    const pem = Buffer.from(certificate64, 'base64').toString();
    const signature = Buffer.from(signature64, 'base64');
    const signed = [method, Buffer.from(uri).toString('base64'), Buffer.from(body).toString('base64'), certificate64];
    const certificate = new X509Certificate(pem);
    const root = createPublicKey(
      new X509Certificate(this.recording.ca.certificatePem).publicKey.export({ format: 'pem', type: 'spki' }),
    );
    return (
      certificate.verify(root) &&
      isLowS(signature) &&
      verify('sha256', Buffer.from(signed.join('.')), certificate.publicKey, signature)
    );
  }
}

/** A body without the one part that differs each time: the request over a fresh key. */
export function withoutRequest(body: string): string {
  return body.replace(/("certificate_request":)"[^"]*"/, '$1"…"');
}

function sameCaller(recorded: string | undefined, { authorization }: Received): boolean {
  if (recorded === undefined) return authorization === '';
  return recorded.startsWith('Basic ')
    ? recorded === authorization
    : recorded.split('.')[0] === authorization.split('.')[0];
}
