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
    `the buyer's side gives notice and files a case; ${records.length} records are disclosed to the arbitrator`,
  );
  const bytes = await arbitration.bytes(`/v1/cases/${id}/evidence-package`, 'arbitrator');
  stage.write('case.evidence.json', bytes);
  stage.write('case-altered.evidence.json', altered(bytes));
  stage.say(`the arbitrator retrieves the evidence package: ${bytes.length} bytes`);
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
