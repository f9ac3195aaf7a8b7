import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { ChaincodeDeployment } from '../material/network-definition';

/** A chaincode package as peers install it, and the id that a contract must register with. */
export interface ChaincodePackage {
  readonly label: string;
  readonly bytes: Uint8Array;
  /** `label:sha256`, as the peer computes it. */
  readonly id: string;
}

/**
 * Packs the address of a contract that runs as a service: the same address gives the same bytes and id, so the
 * contract can be started before its package is installed.
 *
 * @see fabric docs cc_service.md
 */
export async function newServicePackage(name: string, version: string, address: string): Promise<ChaincodePackage> {
  const label = `${name}_${version}`;
  const connection = { address, dial_timeout: '10s', tls_required: false };
  const code = await tarball({ 'connection.json': JSON.stringify(connection) });
  const metadata = JSON.stringify({ type: 'ccaas', label });
  const bytes = await tarball({ 'metadata.json': metadata, 'code.tar.gz': code });
  return { label, bytes, id: `${label}:${createHash('sha256').update(bytes).digest('hex')}` };
}

/** Ids under which each member's contract registers, by MSP id. */
export async function servicePackageIds(chaincode: ChaincodeDeployment): Promise<Record<string, string>> {
  const { name, version, services } = chaincode;
  const ids = Object.entries(services).map(
    async ([mspId, address]) => [mspId, (await newServicePackage(name, version, address)).id] as const,
  );
  return Object.fromEntries(await Promise.all(ids));
}

/** A gzipped archive without owners and times, so that nothing but its contents decides its bytes. */
async function tarball(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    archive.entry({ name, mode: 0o644, mtime: new Date(0) }, content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks), { level: 9 });
}
