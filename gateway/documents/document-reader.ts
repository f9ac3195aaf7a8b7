import { isJsonObject, type Json, type JsonObject } from '../../chaincode/domain/json';
import { as, type Payment } from '../../chaincode/domain/trade-types';
import type { IndexedRecord } from '../ports/record-index';
import type { DocumentReader, PaymentReport, PaymentReturnReport, ReadDocument } from '../routes/dependencies';
import { isEvent, readEvent } from './dcsa/event';
import { DOCUMENT_TYPES, type DocumentType } from './document-types';
import { paymentInstruction } from './iso20022/payment-instruction';
import { paymentReport } from './iso20022/payment-report';
import { paymentReturn } from './iso20022/payment-return';
import { Problems } from './problems';
import { orderDraft } from './ubl/order-draft';
import { Values } from './values';
import { decode, MAX_BYTES } from './xml/prolog';
import { XmlReader } from './xml/xml-reader';

/** Changes whenever the same bytes could be read in another way. */
const PARSER_VERSION = '2';
/** JSON events are small; larger ones are no events. */
const MAX_JSON = 1_048_576;

/** Reads trade documents from strangers: UBL, ISO 20022, DCSA. Opens no file and no network beside its own schemas. */
export class TradeDocumentReader implements DocumentReader {
  readonly #xml: XmlReader;

  private constructor(xml: XmlReader) {
    this.#xml = xml;
  }

  static async open(): Promise<TradeDocumentReader> {
    return new TradeDocumentReader(await XmlReader.open());
  }

  read(bytes: Uint8Array): ReadDocument {
    const xml = this.#xml.read(bytes, (name, namespace) => typeOf(name, namespace)?.schema);
    if (xml.kind === 'notXml') return readJson(bytes);
    if (xml.kind === 'broken') return { kind: 'invalid', documentType: 'XML', problems: xml.problems.list };
    const type = typeOf(xml.root.name, xml.root.namespace);
    if (type === undefined) return { kind: 'unreadable' };
    const { documentType } = type;
    const content = type.read(new Values(xml.problems), xml.root);
    return xml.problems.none
      ? { kind: 'document', documentType, parserVersion: PARSER_VERSION, content }
      : { kind: 'invalid', documentType, problems: xml.problems.list };
  }

  orderDraft(content: Json): Json {
    return orderDraft(content as JsonObject);
  }

  paymentReport(content: Json, endToEndId: string): PaymentReport | undefined {
    return isJsonObject(content) ? paymentReport(content, endToEndId) : undefined;
  }

  paymentReturn(content: Json, endToEndId: string): PaymentReturnReport | undefined {
    return isJsonObject(content) ? paymentReturn(content, endToEndId) : undefined;
  }

  paymentInstruction(payment: IndexedRecord): Uint8Array {
    return paymentInstruction(as<Payment>(payment.groups));
  }
}

function typeOf(name: string, namespace: string): DocumentType | undefined {
  return DOCUMENT_TYPES.find((type) => type.root === name && type.namespace === namespace);
}

function readJson(bytes: Uint8Array): ReadDocument {
  const value = bytes.length > Math.min(MAX_JSON, MAX_BYTES) ? undefined : parseJson(bytes);
  if (value === undefined || !isEvent(value)) return { kind: 'unreadable' };
  const problems = new Problems();
  const content = readEvent(value, problems);
  const documentType = 'DCSA.Event';
  return problems.none
    ? { kind: 'document', documentType, parserVersion: PARSER_VERSION, content }
    : { kind: 'invalid', documentType, problems: problems.list };
}

function parseJson(bytes: Uint8Array): Json | undefined {
  const text = decode(bytes);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}
