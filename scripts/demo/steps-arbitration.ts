import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sample } from './steps-order';
import type { Stage } from './stage';

/** A case by notice, bodies disclosed to the arbitrator, and the package that anyone can verify. */
export async function arbitrate(stage: Stage): Promise<void> {
  const { buyerBank, arbitration } = stage;
  const order = stage.known('order');
  const reason = 'Ten of a hundred units were never despatched.';
  await buyerBank.post('/v1/notices', 'approver', 'demo-notice', { kind: 'demand', order, reason });
  const records = [order, ...['shipment', 'invoice', 'receivable', 'payment'].map((name) => stage.known(name))];
  const filed = await buyerBank.post('/v1/cases', 'approver', 'demo-case', {
    order,
    records,
    statementOfClaim: reason,
  });
  const id = filed.record?.id ?? '';
  stage.remember({ case: id });
  for (const record of records) {
    await buyerBank.post(`/v1/cases/${id}/disclosures`, 'approver', `demo-disclose-${record}`, { record });
  }
  await arbitration.post(`/v1/cases/${id}/acceptance`, 'arbitrator', 'demo-case-accepted');
  stage.say(
    `the buyer's side gives notice and files a case; ${records.length} records and the original documents are disclosed to the arbitrator`,
  );
  await handInOriginals(stage);
  const bytes = await arbitration.bytes(`/v1/cases/${id}/evidence-package`, 'arbitrator');
  stage.write('case.evidence.json', bytes);
  stage.write('case-altered.evidence.json', altered(bytes));
  stage.say(`the arbitrator retrieves the evidence package: ${bytes.length} bytes`);
}

/** The documents as the parties received them; the records hold their digests, so only these very bytes will do. */
async function handInOriginals({ arbitration, files }: Stage): Promise<void> {
  const originals = [
    sample('ubl/examples/order-2.0-international.xml'),
    sample('ubl/examples/despatch-advice-2.0.xml'),
    readFileSync(join(files, 'invoice-generated.xml')),
  ];
  for (const [at, bytes] of originals.entries()) {
    await arbitration.upload('/v1/documents', 'maker', `demo-original-${at}`, bytes, 'application/xml');
  }
}

/** The same package with one digit of the invoice's total changed. */
export function altered(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  const changed = text.replace(
    /("name":"totalMinor","salt":"[0-9a-f]{32}","value":")90000"/,
    (_found, before: string) => `${before}90001"`,
  );
  if (changed === text) throw new Error('the package shows no invoice total to alter');
  return changed;
}
