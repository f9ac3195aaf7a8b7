import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { newServicePackage } from '../../../network/fabric/chaincode-package';

async function unpack(bytes: Uint8Array): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  const archive = Readable.from([gunzipSync(bytes)]).pipe(extract());
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files[entry.header.name] = Buffer.concat(chunks);
  }
  return files;
}

describe('the package of a contract that runs as a service', () => {
  it('holds its type and where it listens, in the form a peer reads', async () => {
    const { bytes, label } = await newServicePackage('records', '1.2', 'records.bank.test:9999');
    expect(label).to.equal('records_1.2');
    const outer = await unpack(bytes);
    expect(Object.keys(outer)).to.deep.equal(['metadata.json', 'code.tar.gz']);
    expect(JSON.parse(String(outer['metadata.json']))).to.deep.equal({ type: 'ccaas', label });
    const inner = await unpack(outer['code.tar.gz']!);
    expect(Object.keys(inner)).to.deep.equal(['connection.json']);
    expect(JSON.parse(String(inner['connection.json']))).to.deep.equal({
      address: 'records.bank.test:9999',
      dial_timeout: '10s',
      tls_required: false,
    });
  });

  it('has the id a peer computes, the same every time, another for another place', async () => {
    const [one, again, other] = await Promise.all(
      ['h:1', 'h:1', 'h:2'].map((address) => newServicePackage('records', '1', address)),
    );
    expect(one!.id).to.equal(`records_1:${createHash('sha256').update(one!.bytes).digest('hex')}`);
    expect(again!.id).to.equal(one!.id);
    expect(other!.id).to.not.equal(one!.id);
  });
});
