import type { JsonObject } from '../../../chaincode/domain/json';
import type { Values } from '../values';
import { all, textOf, type XmlNode } from '../xml/xml-node';
import { readAmount } from './amounts';

const BIC = 'FinInstnId/BICFI';

/**
 * The charges of a transaction: amount, bearer, the levying agent's BIC, and whether that is the debtor's or the creditor's.
 *
 * Charges given back (`CRDT`) and such that nobody is said to bear are left out. An agent that is not named is the bank
 * that reports. @see ISO 20022 ChargesRecord3
 */
export function readCharges(
  values: Values,
  scene: { readonly notification: XmlNode; readonly details: XmlNode; readonly charges: XmlNode },
): JsonObject[] {
  const borne = all(scene.charges, 'Chrgs/Rcrd').filter(
    (record) => textOf(record, 'Br') !== null && textOf(record, 'CdtDbtInd') !== 'CRDT',
  );
  return borne.map((record) => {
    const agent = textOf(record, `Agt/${BIC}`);
    return { ...readAmount(values, record, 'Amt'), bearer: textOf(record, 'Br'), agent, side: sideOf(agent, scene) };
  });
}

function sideOf(
  agent: string | null,
  { notification, details }: { readonly notification: XmlNode; readonly details: XmlNode },
): 'debtorAgent' | 'creditorAgent' | null {
  const debtorAgents = [textOf(notification, `Acct/Svcr/${BIC}`), textOf(details, `RltdAgts/DbtrAgt/${BIC}`)];
  if (agent === null || debtorAgents.includes(agent)) return 'debtorAgent';
  return textOf(details, `RltdAgts/CdtrAgt/${BIC}`) === agent ? 'creditorAgent' : null;
}
