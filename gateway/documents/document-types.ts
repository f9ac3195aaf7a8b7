import type { JsonObject } from '../../chaincode/domain/json';
import { readNotification, readStatements } from './iso20022/camt';
import { readPaymentReturn } from './iso20022/payment-return';
import { readPaymentStatus } from './iso20022/payment-status';
import { readDespatchAdvice } from './ubl/despatch-advice';
import { readInvoice } from './ubl/invoice';
import { readOrder } from './ubl/order';
import type { Values } from './values';
import type { XmlNode } from './xml/xml-node';

/** A type of XML document that is read: how it is known, checked and read. */
export interface DocumentType {
  readonly documentType: string;
  readonly root: string;
  readonly namespace: string;
  /** Path below docs/data. */
  readonly schema: string;
  readonly read: (values: Values, root: XmlNode) => JsonObject;
}

const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';
const ISO = 'urn:iso:std:iso:20022:tech:xsd';

const ubl = (root: string, read: DocumentType['read']): DocumentType => ({
  documentType: root,
  root,
  namespace: `${UBL}:${root}-2`,
  schema: `ubl/xsd/maindoc/UBL-${root}-2.4.xsd`,
  read,
});
const iso = (message: string, read: DocumentType['read'], schema = message): DocumentType => ({
  documentType: message,
  root: 'Document',
  namespace: `${ISO}:${message}`,
  schema: `iso20022/xsd/${schema}.xsd`,
  read,
});

/** Every XML type that is read. */
export const DOCUMENT_TYPES: readonly DocumentType[] = [
  ubl('Order', readOrder),
  ubl('DespatchAdvice', readDespatchAdvice),
  ubl('Invoice', readInvoice),
  iso('camt.053.001.08', readStatements),
  iso('camt.054.001.08', readNotification),
  iso('pain.002.001.10', readPaymentStatus, 'pain.002.001.10-profile'),
  iso('pacs.004.001.09', readPaymentReturn, 'pacs.004.001.09-profile'),
];
